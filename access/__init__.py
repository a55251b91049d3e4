"""Who may do what, who did what, what runs for whom: users, memberships, the permission table, audit, exports and jobs."""
