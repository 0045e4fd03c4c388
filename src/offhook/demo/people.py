"""The people and things of the sandbox's demo data that the story names (sandbox/README.md)."""

ACORN = 48201001
ADA, BEN = "ada@acorn.example", "ben@acorn.example"
BEN_NAME = "Ben Bright"

CARLA, CARLA_NUMBER = "Carla Reyes", "+1 415 555 0100"
CARLA_EMAIL, CARLA_COMPANY = "carla.reyes", "Reyes Roasters"
CARLA_WRITINGS = ("+14155550100", "(415) 555-0100", "415.555.0100", "001 415 555 0100")
TWINS, TWINS_NUMBER = ("Twin One", "Twin Two"), "+1 415 555 0142"
NOTES = "Wants twelve bags of the Sidamo.\nCall back <Tuesday> & confirm."

CONTACTS_PATH = f"/contacts/{ACORN}/objects/0-1/views/all/list"
USERS_PATH = f"/settings/{ACORN}/users"

# What the diagnosis asks for in the demo: the switches as HubSpot's page Edit permissions names them.
SELECTS = {"Contacts: View": ("all", "own"), "Contacts: Edit": ("all", "own"), "Companies: View": ("all", "none")}
SWITCHES = ("App Marketplace access",)
