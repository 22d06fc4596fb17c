"""The settings file of a new workspace: every value with its default and a comment."""

TEMPLATE = """\
# Gridwarden workspace. Every value has a default; delete a line to go back to it.

[office]
name = ""            # what the pages call the office, e.g. 岱庙街道办事处
street = ""          # street (街道) that fills in what an address leaves out
locale = "zh"        # zh or en, where the browser does not say
time_zone = "Asia/Shanghai"  # of all times, whatever the machine's; a name of the IANA database
demo = false         # marks the demonstration city on every page

[geo]
border_file = ""     # the street's border (GeoJSON, WGS-84), relative to this folder

[map]
tile_url = ""        # the office's own map tiles, .../{z}/{x}/{y}.png; empty: drawn on white
tile_attribution = ""

[buildings]
# Where no building layer was imported, buildings are made from these tables' addresses.
made_from = ["rentals", "inspections", "violations"]

[place]
near_m = 5.0         # a point this close to one footprint counts for that building
conflict_m = 150.0   # address and point farther apart than this go to the review queue
compact_m = 150.0    # an estate narrower than this counts in the cell of its centre
min_score = 0.85     # a matched address below this goes to the review queue

[sign_in]
host_names = []      # names under which browsers reach this server, besides addresses and localhost
behind_proxy = false # true where a proxy with TLS stands in front and says who asks, and how
oidc_issuer = ""     # the office's directory (OpenID Connect), e.g. https://id.example/realms/office
oidc_client_id = ""
oidc_secret_file = ""      # file with the client's secret, relative to this folder
oidc_login_claim = "preferred_username"  # what the directory calls a person's login
password_days = 90   # a password is changed after so many days; 0: never
lock_after = 5       # so many failures in a row block a login ...
lock_minutes = 15    # ... for so long
idle_minutes = 30    # whoever does nothing for so long is signed out
absolute_hours = 12  # and everybody after so long
single_session = true  # signing in anywhere signs out everywhere else

[audit]
keep_months = 7      # calendar months that the log of who did what is kept; at least 6

[privacy]
keep_identities = true     # keep complainants' names and numbers, apart and encrypted

[store]
url = ""             # empty: gridwarden.db here; or postgresql+psycopg://user@host/name

[score]
"""
