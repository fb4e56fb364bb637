// Hands the module what it can't take ("refused"), or wears it out ("stress").
using System;
using System.Linq;
using System.Threading.Tasks;
using Millicast;

internal static class Misuse
{
    private const string Nul = "s3cret\0rest";
    private static readonly string Secret = Environment.GetEnvironmentVariable("MILLICAST_API_SECRET");
    private static readonly string Url = Environment.GetEnvironmentVariable("MILLICAST_API_URL");
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly string[] Streams = { "StageCam" };

    private static string End(Action call)
    {
        try
        {
            call();
            return "was taken";
        }
        catch (MillicastException why)
        {
            return why.Line;
        }
        catch (ObjectDisposedException)
        {
            return "is disposed";
        }
    }

    private static void Show(Action call) { Console.WriteLine(End(call)); }

    private static string Sign(Signer signer, string stream = "StageCam", string viewer = "viewer")
    {
        long expiresAt;
        return signer.Sign(stream, 60, viewer, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), out expiresAt);
    }

    private static void Refused(Client client, Signer signer)
    {
        Show(() => new Client(Nul, Url, Timeout));
        Show(() => new Client(Secret, Nul, Timeout));
        Show(() => client.CreatePublishToken(Nul, Streams, 60));
        Show(() => client.CreatePublishToken("l", new[] { "s", Nul }, 60));
        Show(() => client.CreateSubscribeToken(Nul, Streams, 60));
        Show(() => client.CreateSubscribeToken("l", new[] { "s", Nul }, 60));
        Show(() => Sign(signer, Nul));
        Show(() => Sign(signer, "StageCam", Nul));
        Console.WriteLine("numbers");
        foreach (var given in new[] { -Timeout, TimeSpan.FromTicks(1), TimeSpan.FromDays(50) })
            Show(() => new Client(Secret, Url, given));
        Console.WriteLine("texts");
        Show(() => client.CreatePublishToken("\ud800", Streams, 60));
    }

    // Leaves everything to the collector, which runs all the time; then disposes of it under calls.
    private static void Stress(Client client, Signer signer, SubscribeToken parent)
    {
        for (var i = 0; i < 100; i++)
        {
            Sign(parent.UncheckedSigner());
            new Client(Secret, Url, Timeout);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        var ends = new string[100];
        Parallel.For(0, ends.Length, i =>
        {
            ends[i] = End(() =>
            {
                client.PublishTokenIds();
                client.Dispose();
                parent.UncheckedSigner();
                parent.Dispose();
                Sign(signer);
                signer.Dispose();
            });
        });
        Console.WriteLine(ends.Count(end => end == "was taken" || end == "is disposed") + " ended");
        client.Dispose();
        parent.Dispose();
        Show(() => client.PublishTokenIds());
        Show(() => parent.Signer());
        Show(() => Sign(signer));
    }

    private static void Main(string[] arguments)
    {
        var client = new Client(Secret, Url, Timeout);
        var parent = client.CreateSubscribeToken("C#", Streams, 3600);
        if (arguments[0] == "refused")
            Refused(client, parent.Signer());
        else
            Stress(client, parent.Signer(), parent);
    }
}
