"""Error messages of requests and downloads; see `playground/texts.py`."""

from playground.texts import kept

# Refusals
INPUTS_REFUSED = kept("inputs_refused", "The provider did not accept the inputs.")
KEY_REFUSED = kept("key_refused", "The provider did not accept the API key.")
NO_FUNDS = kept("no_funds", "The account has no funds left for this.")
SEEN_OTHERWISE = kept(
    "seen_otherwise", "The provider has already seen this request with other inputs."
)
DECLINED = kept("declined", "The provider declined this request because of its content.")
REFUSED = kept("refused", "The provider refused this request.")
NOT_WRITABLE = kept("not_writable", "The inputs cannot be written as JSON.")
BAD_KEY = kept("bad_key", "This is not an API key: it is empty or has invalid characters.")
NO_MODEL = kept("no_model", "The provider has no model of this name.")
TASK_GONE = kept("task_gone", "The provider no longer knows this task.")
NO_HISTORY = kept("no_history", "The provider keeps no history of this task.")
NO_TASK = kept("no_task", "The provider does not know this task.")

# Outages
BUSY = kept("busy", "The provider is busy and asks for a pause.")
REDIRECTED = kept("redirected", "The provider redirected the request, which is not followed.")
FAULT = kept("fault", "The provider has an internal error.")
GATEWAY_BUSY = kept(
    "gateway_busy", "A gateway in front of the provider asks for a pause (HTTP %(status)s)."
)
GATEWAY = kept("gateway", "A gateway or proxy answered instead of the provider (HTTP %(status)s).")
UNREADABLE = kept("unreadable", "The provider gave an answer that cannot be read.")
UNREACHABLE = kept("unreachable", "The provider cannot be reached.")
ANSWER_TOO_LARGE = kept("answer_too_large", "The provider's answer is larger than %(limit)s MB.")
TOO_SLOW = kept("too_slow", "The provider took too long to answer.")
BROKEN_OFF = kept("broken_off", "The connection to the provider was lost.")
NO_PROVIDER = kept("no_provider", "This installation does not know the provider.")
NOT_RUNNING = kept("not_running", "The %(name)s that this run was sent to is not running.")
NO_ADDRESS = kept("no_address", "%(name)s has no address in this installation.")

# Downloads
MOVED_NOWHERE = kept("moved_nowhere", "The link redirects to nowhere.")
MOVED_UNREADABLE = kept("moved_unreadable", "The link redirects to an invalid address.")
MOVED_ELSEWHERE = kept("moved_elsewhere", "The link redirects to an address that is not allowed.")
FILE_SHORTER = kept("file_shorter", "The file is shorter than it was.")
PACKED_PART = kept("packed_part", "The server sent a part of a compressed file.")
FILE_TOO_LARGE = kept("file_too_large", "The file is larger than the limit.")
OTHER_PART = kept("other_part", "The server sent another part of the file.")
OTHER_FILE = kept("other_file", "The server sent a part of another file.")
LINK_EXPIRED = kept("link_expired", "The link does not give the file (HTTP %(status)s).")
FILE_UNAVAILABLE = kept("file_unavailable", "The file is not available now (HTTP %(status)s).")
PACKED_DAMAGED = kept("packed_damaged", "The file came compressed and is damaged.")
FILE_CUT_OFF = kept("file_cut_off", "The download ended before the end of the file.")
FILE_TOO_SLOW = kept("file_too_slow", "The download took too long.")
FILE_NOT_HERE = kept("file_not_here", "The file did not arrive.")
NO_HOST = kept("no_host", "The host of this link cannot be found.")
PRIVATE_LINK = kept("private_link", "This link leads into a private network.")
BAD_LINK = kept("bad_link", "This link cannot be read.")
ODD_LINK = kept("odd_link", "This link is not an https link to a usual port.")
EMPTY_DATA = kept("empty_data", "This data URI holds no data.")
BAD_BASE64 = kept("bad_base64", "This data URI is not valid base64.")

# URLs that people enter for a file; %(address)s is quoted and shortened.
ADDRESS_NO_HOST = kept("address_no_host", "%(address)s has no valid host name.")
ADDRESS_NO_HTTPS = kept("address_no_https", "%(address)s has to begin with https://.")
ADDRESS_PRIVATE = kept(
    "address_private",
    "%(address)s leads into a private network, where the provider cannot fetch it.",
)
ADDRESS_PORT = kept(
    "address_port", "%(address)s uses port %(port)s. Leave the port out, or use 8443."
)
ADDRESS_TOO_LONG = kept("address_too_long", "%(address)s has more than %(most)s characters.")
ADDRESS_INVALID = kept("address_invalid", "%(address)s is not a valid web address.")
ADDRESS_NO_URL = kept(
    "address_no_url", "%(address)s is not a web address. It has to begin with https://."
)
ADDRESS_CHARACTERS = kept(
    "address_characters",
    "%(address)s contains a space or another character that web addresses do not have.",
)
ADDRESS_PASSWORD = kept(
    "address_password", "%(address)s contains a user name or a password. Remove it."
)
