"""News of what administrators and people did to accounts. The audit log listens; accounts know nothing of it."""

from django.dispatch import Signal

# Sent in the transaction of the change. Arguments: actor (Actor | None: None for a test or a first start), hospital,
# action (the audit log's name of it, "admin.member_add"), object_type, object_id, detail (dict of plain values).
account_changed = Signal()

# A hospital's provider sent somebody who may not come in. Arguments: request, hospital_slug, email (as the provider
# says, may be empty), reason (a code).
sign_in_refused = Signal()
