"""What is checked: one file for each subject, which says what is the matter now."""
