"""What a report says, part by part; each is a function of the document, and of where its times are."""
