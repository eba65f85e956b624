"""Ways out of the house (mail, chats, SMS, webhooks), and what each person wants to hear, when, in which language."""
