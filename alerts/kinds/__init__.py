"""The kinds of rules, one small file each; `alerts.kinds.table` names them."""
