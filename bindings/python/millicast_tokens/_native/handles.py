"""The opaque types of the C header, each a type of its own: ctypes then refuses a handle of the wrong kind."""

from __future__ import annotations

import ctypes


class mct_error(ctypes.Structure):
    """Why a call failed."""


class mct_subscribe_token(ctypes.Structure):
    """A subscribe token, as the API answered."""


class mct_claims(ctypes.Structure):
    """What a self-signed token shall say."""


class mct_signer(ctypes.Structure):
    """Signs tokens with the key of one parent."""


class mct_viewers(ctypes.Structure):
    """What differs from viewer to viewer: columns that are the caller's."""


class mct_jwt(ctypes.Structure):
    """A self-signed token that was read."""


class mct_verify_options(ctypes.Structure):
    """How a token is verified."""


class mct_client_config(ctypes.Structure):
    """How a client reaches the API."""


class mct_client(ctypes.Structure):
    """Makes calls to the Token API."""


class mct_list_options(ctypes.Structure):
    """What a list asks for."""


class mct_publish_token(ctypes.Structure):
    """A publish token, as the API answered."""


class mct_publish_token_spec(ctypes.Structure):
    """What a new publish token shall be."""


class mct_publish_token_update(ctypes.Structure):
    """What shall change in a publish token."""


class mct_publish_token_list(ctypes.Structure):
    """Publish tokens in the order of the API's answer."""


class mct_publish_token_iter(ctypes.Structure):
    """Walks a list of publish tokens, page by page."""


class mct_subscribe_token_spec(ctypes.Structure):
    """What a new subscribe token shall be."""


class mct_subscribe_token_update(ctypes.Structure):
    """What shall change in a subscribe token."""


class mct_subscribe_token_list(ctypes.Structure):
    """Subscribe tokens in the order of the API's answer."""


class mct_subscribe_token_iter(ctypes.Structure):
    """Walks a list of subscribe tokens, page by page."""


class mct_clusters(ctypes.Structure):
    """The clusters that the account can use."""


class mct_disable_result(ctypes.Structure):
    """What a bulk disable did, token by token."""


class mct_id_list(ctypes.Structure):
    """Ids of tokens."""


class mct_bandwidth_query(ctypes.Structure):
    """What bandwidth is asked for."""


class mct_bandwidth_report(ctypes.Structure):
    """Bandwidth, as a flat table."""


class mct_call(ctypes.Structure):
    """A call that was started and does not block."""


class mct_call_options(ctypes.Structure):
    """How calls are started."""
