"""Who is who: which conversation, CRM row and booking belong to one person."""
