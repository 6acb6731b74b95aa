"""Change orders (变更单): what changes in a sale after its terms are agreed (DOMAIN §6, FEATURES D2–D7).

Applying, approving and executing are separate acts by separate people. An order holds what somebody wants
(``wanted``), before and after of every field, its money effect, and a hash over all of it. Approvals bind to the
hash; at execution the kind's guards are asked again and the content is worked out again from what stands then:
another hash is refused. A sale has at most one open order.

A new kind is

1. a class with the verbs of `ledger.changes.kind.ChangeKind` in a module of its own here, registered with
   ``@change_kind`` and imported in `ledger.changes.registry`;
2. its name in ``KINDS`` (`ledger.changes.models`) and its mode parameter (`ledger.organisation.parameters`);
3. a diagram ``processes/<kind>/`` with forms ``forms/<kind>/start.json`` and ``mend.json``: enter, find the
   route, approval, note the approval, execution (`processes/payment_plan_change` is the pattern);
4. its words in `webapp.wording.changes`.

`docs/changes.md` tells the whole, for clerks and analysts too.
"""
