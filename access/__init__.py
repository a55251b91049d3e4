"""Who may do what, who did what, what runs for whom: users, memberships, rights, audit, exports and jobs."""
