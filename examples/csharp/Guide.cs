// Creates tokens, lists them, signs one for a viewer, asks an emulator's director about it, and deletes them again.
// MILLICAST_API_SECRET and MILLICAST_API_URL say as whom and where.
using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Millicast;

internal static class Guide
{
    private const string Stream = "StageCam";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static long Now { get { return DateTimeOffset.UtcNow.ToUnixTimeSeconds(); } }

    // What the director says to a viewer: whether he is let in, and why not.
    private static bool AskDirector(string url, string jwt, out string why)
    {
        using (var http = new HttpClient { Timeout = Timeout })
        using (var request = new HttpRequestMessage(HttpMethod.Post, url + "/api/director/subscribe"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", jwt);
            request.Content = new StringContent("{\"streamName\": \"" + Stream + "\"}");
            using (var answer = http.SendAsync(request).GetAwaiter().GetResult())
            {
                var said = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
                var rule = Regex.Match(said, "\"rule\"\\s*:\\s*\"([^\"]*)\"").Groups[1].Value;
                why = rule + ", HTTP " + (int)answer.StatusCode;
                return answer.IsSuccessStatusCode;
            }
        }
    }

    // Expects a failure, and shows it.
    private static void ShowRefusal(string what, Action call)
    {
        try
        {
            call();
        }
        catch (MillicastException why)
        {
            Console.WriteLine("{0} is refused: {1}", what, why.Line);
            return;
        }
        throw new InvalidOperationException(what + " was not refused");
    }

    private static void SignForViewers(string url, SubscribeToken parent)
    {
        long expiresAt;
        string why;
        using (var signer = parent.Signer())
        {
            var jwt = signer.Sign(Stream, 60, "Zoë", Now, out expiresAt);
            Console.WriteLine("signed a token of {0} characters, good for {1} s", jwt.Length, expiresAt - Now);
            if (!AskDirector(url, jwt, out why))
                throw new InvalidOperationException("the director refuses the token: " + why);
            Console.WriteLine("the director admits the viewer");
            ShowRefusal("signing for another stream", () => signer.Sign("BackupCam", 60, "Zoë", Now, out expiresAt));
        }
        using (var signer = parent.UncheckedSigner())
        {
            if (AskDirector(url, signer.Sign(Stream, 60, "Zoë", Now - 3600, out expiresAt), out why))
                throw new InvalidOperationException("the director admits an expired token");
            Console.WriteLine("the director refuses an expired token: " + why);
        }
    }

    // Goes on with `body`, and then deletes the token, however that ended.
    private static void WithToken(string kind, ulong id, Action<ulong> delete, Action body)
    {
        Console.WriteLine("created {0} token {1}", kind, id);
        try
        {
            body();
        }
        finally
        {
            delete(id);
            Console.WriteLine("deleted {0} token {1}", kind, id);
        }
    }

    private static void Subscribe(Client client, string url)
    {
        Console.WriteLine("publish tokens: " + string.Join(" ", client.PublishTokenIds()));
        using (var parent = client.CreateSubscribeToken("C# guide", new[] { Stream }, 3600))
            WithToken("subscribe", parent.Id, client.DeleteSubscribeToken, () => SignForViewers(url, parent));
    }

    private static void Run(string secret, string url)
    {
        using (var client = new Client(secret, url, Timeout))
        {
            ShowRefusal("a token without streams", () => client.CreatePublishToken("C# guide", new string[0], 3600));
            var id = client.CreatePublishToken("C# guide", new[] { Stream }, 3600);
            WithToken("publish", id, client.DeletePublishToken, () => Subscribe(client, url));
            ShowRefusal("deleting it again", () => client.DeletePublishToken(id));
        }
    }

    private static int Main()
    {
        var secret = Environment.GetEnvironmentVariable("MILLICAST_API_SECRET");
        var url = Environment.GetEnvironmentVariable("MILLICAST_API_URL");
        if (string.IsNullOrEmpty(secret) || string.IsNullOrEmpty(url))
        {
            Console.Error.WriteLine("failed: set MILLICAST_API_SECRET, and MILLICAST_API_URL to an emulator's address");
            return 1;
        }
        try
        {
            Console.WriteLine("millicast-tokens " + Client.Version);
            Run(secret, url);
            return 0;
        }
        catch (MillicastException why)
        {
            Console.Error.WriteLine("failed: " + why.Line);
        }
        catch (Exception why)
        {
            Console.Error.WriteLine("failed: " + why.GetBaseException().Message);
        }
        return 1;
    }
}
