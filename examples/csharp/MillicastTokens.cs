// Publish and subscribe tokens from C#, over the C interface: what Guide.cs uses of it.
//
// Calls block their thread, and may be made on any number of threads at once. Whatever can fail throws a
// MillicastException. Each handle is a SafeHandle: Dispose() frees it, or the collector at the latest, and none is
// freed under a call that is made with it. The collector knows little of what lies behind one; Dispose() ends
// connections and wipes secrets.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Millicast
{
    // As in millicast_tokens.h. An XHandle is a mct_x *, and `out` one a mct_x **. IntPtr is what is lent, or what is
    // freed.
    internal static class Native
    {
        private const string Library = "libmillicast_tokens.so.0";

        internal const int MCT_OK = 0;
        internal const int MCT_HS256 = 256;

        [DllImport(Library)] internal static extern IntPtr mct_version_string();
        [DllImport(Library)] internal static extern void mct_string_free(IntPtr text);
        [DllImport(Library)] internal static extern IntPtr mct_status_name(int status);
        [DllImport(Library)] internal static extern IntPtr mct_error_message(ErrorHandle error);
        [DllImport(Library)] internal static extern IntPtr mct_error_field(ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_error_http_status(ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_error_reason(ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_error_free(IntPtr error);

        [DllImport(Library)] internal static extern int mct_client_config_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string api_secret, out ClientConfigHandle config,
            out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_client_config_set_base_url(
            ClientConfigHandle config, [MarshalAs(UnmanagedType.LPUTF8Str)] string base_url, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_client_config_set_timeout_ms(
            ClientConfigHandle config, uint milliseconds, out ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_client_config_free(IntPtr config);
        [DllImport(Library)] internal static extern int mct_client_new(
            ClientConfigHandle config, out ClientHandle client, out ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_client_cancel(ClientHandle client);
        [DllImport(Library)] internal static extern void mct_client_free(IntPtr client);

        [DllImport(Library)] internal static extern int mct_publish_token_spec_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string label, out PublishTokenSpecHandle spec, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_publish_token_spec_add_stream(
            PublishTokenSpecHandle spec, [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
            [MarshalAs(UnmanagedType.U1)] bool is_regex, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_publish_token_spec_set_expires(
            PublishTokenSpecHandle spec, uint seconds, out ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_publish_token_spec_free(IntPtr spec);
        [DllImport(Library)] internal static extern int mct_publish_token_create(
            ClientHandle client, PublishTokenSpecHandle spec, out PublishTokenHandle token, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_publish_token_list_page(
            ClientHandle client, IntPtr options, out PublishTokenListHandle list, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_publish_token_delete(
            ClientHandle client, ulong id, out ErrorHandle error);
        [DllImport(Library)] internal static extern ulong mct_publish_token_id(PublishTokenHandle token);
        [DllImport(Library)] internal static extern ulong mct_publish_token_id(IntPtr token);
        [DllImport(Library)] internal static extern void mct_publish_token_free(IntPtr token);
        [DllImport(Library)] internal static extern UIntPtr mct_publish_token_list_len(PublishTokenListHandle list);
        [DllImport(Library)] internal static extern IntPtr mct_publish_token_list_get(
            PublishTokenListHandle list, UIntPtr index);
        [DllImport(Library)] internal static extern void mct_publish_token_list_free(IntPtr list);

        [DllImport(Library)] internal static extern int mct_subscribe_token_spec_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string label, out SubscribeTokenSpecHandle spec,
            out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_subscribe_token_spec_add_stream(
            SubscribeTokenSpecHandle spec, [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
            [MarshalAs(UnmanagedType.U1)] bool is_regex, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_subscribe_token_spec_set_expires(
            SubscribeTokenSpecHandle spec, uint seconds, out ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_subscribe_token_spec_free(IntPtr spec);
        [DllImport(Library)] internal static extern int mct_subscribe_token_create(
            ClientHandle client, SubscribeTokenSpecHandle spec, out SubscribeTokenHandle token, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_subscribe_token_delete(
            ClientHandle client, ulong id, out ErrorHandle error);
        [DllImport(Library)] internal static extern ulong mct_subscribe_token_id(SubscribeTokenHandle token);
        [DllImport(Library)] internal static extern IntPtr mct_subscribe_token_value(SubscribeTokenHandle token);
        [DllImport(Library)] internal static extern void mct_subscribe_token_free(IntPtr token);

        [DllImport(Library)] internal static extern int mct_claims_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string stream_name, uint lifetime_seconds, out ClaimsHandle claims,
            out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_claims_set_custom_viewer_data(
            ClaimsHandle claims, [MarshalAs(UnmanagedType.LPUTF8Str)] string viewer, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_claims_set_issued_at(
            ClaimsHandle claims, long unix_seconds, out ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_claims_free(IntPtr claims);
        [DllImport(Library)] internal static extern int mct_signer_new(
            ulong token_id, IntPtr token, int algorithm, out SignerHandle signer, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_signer_from_token(
            SubscribeTokenHandle token, int algorithm, out SignerHandle signer, out ErrorHandle error);
        [DllImport(Library)] internal static extern int mct_signer_sign(
            SignerHandle signer, ClaimsHandle claims, out IntPtr jwt, out long expires_at, out ErrorHandle error);
        [DllImport(Library)] internal static extern void mct_signer_free(IntPtr signer);

        // A text that was lent, copied; null for NULL. "Ansi" is UTF-8 on all but Windows, where this library is not.
        internal static string Text(IntPtr lent)
        {
            return Marshal.PtrToStringAnsi(lent);
        }

        private static readonly Encoding Strict = new UTF8Encoding(false, true);

        // A text as C takes it, which would end it at a NUL; a lone surrogate would become another letter. What was
        // given is not shown: it may be a secret.
        internal static string Whole(string field, string given)
        {
            if (given == null)
                return null; // which the library tells
            if (given.IndexOf('\0') >= 0)
                throw new MillicastException(field, "must not hold U+0000");
            try
            {
                Strict.GetByteCount(given);
            }
            catch (EncoderFallbackException)
            {
                throw new MillicastException(field, "must not hold a lone surrogate");
            }
            return given;
        }

        internal static uint Milliseconds(string field, TimeSpan given)
        {
            long rest;
            var milliseconds = Math.DivRem(given.Ticks, TimeSpan.TicksPerMillisecond, out rest);
            if (given < TimeSpan.Zero || milliseconds > uint.MaxValue || rest != 0)
                throw new MillicastException(
                    field, "must be whole milliseconds from 0 to " + uint.MaxValue + ", given is " + given);
            return (uint)milliseconds;
        }

        internal static void Check(int status, ErrorHandle error)
        {
            using (error)
                if (status != MCT_OK)
                    throw new MillicastException(status, error);
        }
    }

    internal abstract class Handle : SafeHandle
    {
        protected Handle() : base(IntPtr.Zero, true) { }
        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
        protected abstract void Free();
        protected override bool ReleaseHandle() { Free(); return true; }
    }

    internal sealed class ErrorHandle : Handle
    {
        protected override void Free() { Native.mct_error_free(handle); }
    }

    internal sealed class ClientConfigHandle : Handle
    {
        protected override void Free() { Native.mct_client_config_free(handle); }
    }

    internal sealed class ClientHandle : Handle
    {
        protected override void Free() { Native.mct_client_free(handle); }
    }

    internal sealed class PublishTokenSpecHandle : Handle
    {
        protected override void Free() { Native.mct_publish_token_spec_free(handle); }
    }

    internal sealed class PublishTokenHandle : Handle
    {
        protected override void Free() { Native.mct_publish_token_free(handle); }
    }

    internal sealed class PublishTokenListHandle : Handle
    {
        protected override void Free() { Native.mct_publish_token_list_free(handle); }
    }

    internal sealed class SubscribeTokenSpecHandle : Handle
    {
        protected override void Free() { Native.mct_subscribe_token_spec_free(handle); }
    }

    internal sealed class SubscribeTokenHandle : Handle
    {
        protected override void Free() { Native.mct_subscribe_token_free(handle); }
    }

    internal sealed class ClaimsHandle : Handle
    {
        protected override void Free() { Native.mct_claims_free(handle); }
    }

    internal sealed class SignerHandle : Handle
    {
        protected override void Free() { Native.mct_signer_free(handle); }
    }

    /// <summary>Why a call failed.</summary>
    public sealed class MillicastException : Exception
    {
        public string Status { get; private set; }
        public string Field { get; private set; }
        public int HttpStatus { get; private set; }
        public int Reason { get; private set; }

        internal MillicastException(int status, ErrorHandle error) : base(Native.Text(Native.mct_error_message(error)))
        {
            Status = Native.Text(Native.mct_status_name(status));
            Field = Native.Text(Native.mct_error_field(error));
            HttpStatus = Native.mct_error_http_status(error);
            Reason = Native.mct_error_reason(error);
        }

        // An argument that can't be handed to the library as it is.
        internal MillicastException(string field, string problem) : base(field + ": " + problem)
        {
            Status = "MCT_ERR_INVALID_ARGUMENT";
            Field = field;
        }

        /// <summary>What was wrong, in a line.</summary>
        public string Line
        {
            get
            {
                var parts = new List<string> { Status };
                if (HttpStatus != 0)
                    parts.Add("HTTP " + HttpStatus);
                if (Field != null)
                    parts.Add("field " + Field);
                if (Reason != 0)
                    parts.Add("reason " + Reason);
                return string.Join(", ", parts) + ": " + Message;
            }
        }
    }

    /// <summary>Makes calls to the Token API.</summary>
    public sealed class Client : IDisposable
    {
        private readonly ClientHandle handle;

        public static string Version { get { return Native.Text(Native.mct_version_string()); } }

        /// <param name="url">null: the platform's own.</param>
        /// <param name="timeout">bounds each call whole.</param>
        public Client(string secret, string url, TimeSpan timeout)
        {
            ClientConfigHandle config;
            ErrorHandle error;
            secret = Native.Whole("api_secret", secret);
            url = Native.Whole("base_url", url);
            var milliseconds = Native.Milliseconds("timeout_ms", timeout);
            Native.Check(Native.mct_client_config_new(secret, out config, out error), error);
            using (config)
            {
                if (url != null)
                    Native.Check(Native.mct_client_config_set_base_url(config, url, out error), error);
                Native.Check(Native.mct_client_config_set_timeout_ms(config, milliseconds, out error), error);
                Native.Check(Native.mct_client_new(config, out handle, out error), error);
            }
        }

        /// <summary>Ends every call under way, and those to come, with MCT_ERR_CANCELLED.</summary>
        public void Cancel() { Native.mct_client_cancel(handle); }

        public void Dispose() { handle.Dispose(); }

        /// <summary>Creates a publish token. Answers its id.</summary>
        public ulong CreatePublishToken(string label, string[] streams, uint expiresSeconds)
        {
            PublishTokenSpecHandle spec;
            PublishTokenHandle token;
            ErrorHandle error;
            Native.Check(Native.mct_publish_token_spec_new(Native.Whole("label", label), out spec, out error), error);
            using (spec)
            {
                foreach (var stream in streams)
                {
                    var name = Native.Whole("streamName", stream);
                    Native.Check(Native.mct_publish_token_spec_add_stream(spec, name, false, out error), error);
                }
                Native.Check(Native.mct_publish_token_spec_set_expires(spec, expiresSeconds, out error), error);
                Native.Check(Native.mct_publish_token_create(handle, spec, out token, out error), error);
            }
            using (token)
                return Native.mct_publish_token_id(token);
        }

        /// <summary>The ids of the first hundred publish tokens.</summary>
        public ulong[] PublishTokenIds()
        {
            PublishTokenListHandle list;
            ErrorHandle error;
            Native.Check(Native.mct_publish_token_list_page(handle, IntPtr.Zero, out list, out error), error);
            using (list)
            {
                var ids = new ulong[(int)Native.mct_publish_token_list_len(list)];
                for (var i = 0; i < ids.Length; i++) // each is lent by the list
                    ids[i] = Native.mct_publish_token_id(Native.mct_publish_token_list_get(list, (UIntPtr)i));
                return ids;
            }
        }

        public void DeletePublishToken(ulong id)
        {
            ErrorHandle error;
            Native.Check(Native.mct_publish_token_delete(handle, id, out error), error);
        }

        public SubscribeToken CreateSubscribeToken(string label, string[] streams, uint expiresSeconds)
        {
            SubscribeTokenSpecHandle spec;
            SubscribeTokenHandle token;
            ErrorHandle error;
            Native.Check(Native.mct_subscribe_token_spec_new(Native.Whole("label", label), out spec, out error), error);
            using (spec)
            {
                foreach (var stream in streams)
                {
                    var name = Native.Whole("streamName", stream);
                    Native.Check(Native.mct_subscribe_token_spec_add_stream(spec, name, false, out error), error);
                }
                Native.Check(Native.mct_subscribe_token_spec_set_expires(spec, expiresSeconds, out error), error);
                Native.Check(Native.mct_subscribe_token_create(handle, spec, out token, out error), error);
            }
            return new SubscribeToken(token);
        }

        public void DeleteSubscribeToken(ulong id)
        {
            ErrorHandle error;
            Native.Check(Native.mct_subscribe_token_delete(handle, id, out error), error);
        }
    }

    /// <summary>A subscribe token, as the API answered. Its string stays in the library's memory.</summary>
    public sealed class SubscribeToken : IDisposable
    {
        private readonly SubscribeTokenHandle handle;

        internal SubscribeToken(SubscribeTokenHandle handle) { this.handle = handle; }

        public ulong Id { get { return Native.mct_subscribe_token_id(handle); } }

        public void Dispose() { handle.Dispose(); }

        /// <summary>A signer that knows its parent, and refuses what the platform would.</summary>
        public Signer Signer()
        {
            SignerHandle signer;
            ErrorHandle error;
            Native.Check(Native.mct_signer_from_token(handle, Native.MCT_HS256, out signer, out error), error);
            return new Signer(signer);
        }

        /// <summary>A signer that knows its parent's id and string alone.</summary>
        public Signer UncheckedSigner()
        {
            SignerHandle signer;
            ErrorHandle error;
            var isKept = false;
            try
            {
                handle.DangerousAddRef(ref isKept); // as long as its text is lent, whoever disposes it meanwhile
                var lent = Native.mct_subscribe_token_value(handle);
                Native.Check(Native.mct_signer_new(Id, lent, Native.MCT_HS256, out signer, out error), error);
            }
            finally
            {
                if (isKept)
                    handle.DangerousRelease();
            }
            return new Signer(signer);
        }
    }

    /// <summary>Signs tokens for viewers.</summary>
    public sealed class Signer : IDisposable
    {
        private readonly SignerHandle handle;

        internal Signer(SignerHandle handle) { this.handle = handle; }

        public void Dispose() { handle.Dispose(); }

        /// <summary>Signs a token for one viewer. Answers its text; its lifetime counts from `issuedAt` on.</summary>
        public string Sign(string stream, uint lifetimeSeconds, string viewer, long issuedAt, out long expiresAt)
        {
            ClaimsHandle claims;
            ErrorHandle error;
            IntPtr jwt;
            stream = Native.Whole("streamName", stream);
            viewer = Native.Whole("customViewerData", viewer);
            Native.Check(Native.mct_claims_new(stream, lifetimeSeconds, out claims, out error), error);
            using (claims)
            {
                Native.Check(Native.mct_claims_set_custom_viewer_data(claims, viewer, out error), error);
                Native.Check(Native.mct_claims_set_issued_at(claims, issuedAt, out error), error);
                Native.Check(Native.mct_signer_sign(handle, claims, out jwt, out expiresAt, out error), error);
            }
            try
            {
                return Native.Text(jwt);
            }
            finally
            {
                Native.mct_string_free(jwt);
            }
        }
    }
}
