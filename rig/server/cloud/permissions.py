"""Who may do what. The key `rig` may do everything; users made through the rig and roles of instances may do what their policies say."""

import json
import uuid

from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMPolicy, IAMPolicyStatement, PermissionResult, create_access_key
from moto.s3 import responses as s3

from . import account, state


def install() -> None:
    moto_authorize = ActionAuthenticatorMixin._authenticate_and_authorize_action

    def authorize(self, request_class, resource="*"):
        key = access_key(self.headers.get("Authorization", ""))
        if key not in state.policies:
            return
        ActionAuthenticatorMixin.request_count = float("inf")
        moto_authorize(self, request_class, resource)

    ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize

    # Calls whose permission has another name than the call, as AWS documents it.
    buckets = s3.ACTION_MAP["BUCKET"]
    buckets["HEAD"]["DEFAULT"] = "ListBucket"
    for method in ("GET", "PUT"):
        name = method.capitalize()
        buckets[method] |= {
            "encryption": f"{name}EncryptionConfiguration",
            "publicAccessBlock": f"{name}BucketPublicAccessBlock",
            "ownershipControls": f"{name}BucketOwnershipControls",
        }

    # moto matches EC2's resources against "*" and knows no conditions: what allows is taken without them, and what denies
    # under one (a bucket's rule against plain HTTP, which is all there is here) is left out.
    moto_matches = IAMPolicyStatement._check_element_matches
    moto_permitted = IAMPolicyStatement.is_action_permitted

    def matches(self, element, value):
        return (element == "Resource" and value == "*") or moto_matches(self, element, value)

    def is_permitted(self, *args, **more):
        if self._statement.get("Condition") and self._statement.get("Effect") == "Deny":
            return PermissionResult.NEUTRAL
        without = {key: value for key, value in self._statement.items() if key != "Condition"}
        before, self._statement = self._statement, without
        try:
            return moto_permitted(self, *args, **more)
        finally:
            self._statement = before

    IAMPolicyStatement._check_element_matches = matches
    IAMPolicyStatement.is_action_permitted = is_permitted


def make_user(policy: dict) -> dict:
    """A user who may do what the policy says and nothing else."""
    name = "user-" + uuid.uuid4().hex[:8]
    iam = account.iam()
    iam.create_user("us-east-1", name)
    iam.put_user_policy(name, "given", json.dumps(policy))
    key = iam.create_access_key(name)
    state.policies[key.access_key_id] = name
    state.settings["secrets"][key.access_key_id] = key.secret_access_key
    return {"accessKeyId": key.access_key_id, "secretAccessKey": key.secret_access_key}


def assume_role(instance):
    """The role of an instance, taken on: its keys may do what the role's policies say."""
    if instance.id not in state.assumed:
        name = account.role(instance)
        arn = account.iam().get_role(name).arn
        taken = account.sts().assume_role("us-east-1", instance.id, arn, policy="", duration=21600, external_id="")
        state.policies[taken.access_key_id] = name
        state.settings["secrets"][taken.access_key_id] = taken.secret_access_key
        state.assumed[instance.id] = taken
    return state.assumed[instance.id]


def allows(key: str, action: str) -> bool:
    """Of an action that moto has not got."""
    if key not in state.policies:
        return True
    policies = create_access_key(account.ID, "aws", key, {}).collect_policies()
    results = [IAMPolicy(policy).is_action_permitted(action, "*") for policy in policies]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def simulation(form: dict[str, str], key: str) -> bytes:
    """The answer of iam:SimulatePrincipalPolicy about the caller, which moto lacks."""
    actions = [value for name, value in form.items() if name.startswith("ActionNames.")]
    decide = lambda action: "allowed" if allows(key, action) else "implicitDeny"
    results = "".join(
        f"<member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        f"<EvalDecision>{decide(action)}</EvalDecision></member>"
        for action in actions
    )
    inner = f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
    return f'<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">{inner}</SimulatePrincipalPolicyResponse>'.encode()


def access_key(authorization: str) -> str:
    return authorization.partition("Credential=")[2].partition("/")[0]
