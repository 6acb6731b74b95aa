"""The one seam to SpiffWorkflow: its tasks, specs and workflows, with the behaviour that BPMN asks for.

SpiffWorkflow keeps every task it ever made, predicts those to come, inherits data by shallow copies and lets
events reach more tasks than they should. What is ours here: tokens are made when they are reached and removed when
they are left, data lives in scopes, joins count the tokens that wait at them, and events reach one catcher. So
the state of an instance is what stands in it now, whatever lies behind it.
"""
