"""The people of the line: calls, applications, papers, training, groups, workbooks. `/line/people/`, `/line/join/`."""
