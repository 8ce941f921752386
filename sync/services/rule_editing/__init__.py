"""What people change of a rule in the portal: each part is read, checked as `apply` checks it, and saved here."""
