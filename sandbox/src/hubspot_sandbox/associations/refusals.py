"""What HubSpot says of associations that cannot be. The first two texts are as people report them [comm].

Objects: https://github.com/HubSpot/hubspot-api-nodejs/issues/646 · types: seen with a PUT of an unknown label.
"""

from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.problems import Body, HubSpotProblem, invalid

MESSAGE = "One or more associations are invalid"


def no_such_record(kind: str, record_id: str) -> HubSpotProblem:
    """`CONTACT=12 is not valid`"""
    noun = kind_of(kind).noun.upper()
    wrong = f"{noun}={record_id} is not valid"
    return invalid(MESSAGE, INVALID_OBJECT_IDS=[wrong], objectId=[record_id], objectType=[noun])


def no_such_type(category: str, type_id: int) -> HubSpotProblem:
    """`USER_DEFINED=3 is not a valid association definition id`; also for a type of other kinds [inf]."""
    spec = f"{category}={type_id}"
    wrong = f"{spec} is not a valid association definition id"
    return invalid(MESSAGE, INVALID_ASSOCIATION_TYPE_ID=[wrong], associationSpec=[spec])


def with_itself(kind: str, record_id: str) -> HubSpotProblem:
    """A record tied to itself; the text is ours [unv]."""
    return invalid(f"{kind_of(kind).noun} {record_id} cannot be associated with itself", objectId=[record_id])


def too_many(kind: str, record_id: str, category: str, type_id: int, most: int) -> HubSpotProblem:
    """The account's own limit is reached; the text is ours [unv]."""
    noun, spec = kind_of(kind).noun.upper(), f"{category}={type_id}"
    wrong = f"{noun}={record_id} has {most} associations of {spec}, which is the limit"
    return invalid(MESSAGE, ASSOCIATION_LIMIT_EXCEEDED=[wrong], objectId=[record_id], associationSpec=[spec])


def none_found(from_kind: str, record_id: str, to_kind: str) -> Body:
    """The error of one input of a batch read, as people report it [comm]; the same for a record that does not exist."""
    noun, other = kind_of(from_kind).noun, kind_of(to_kind).noun
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {other} is associated with {noun} {record_id}.",
        "context": {"fromObjectId": [record_id], "fromObjectType": [noun], "toObjectType": [other]},
    }
