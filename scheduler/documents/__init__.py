"""Template + figures → .docx, checked on the way in and on the way out. The only user of docxtpl, python-docx, isal."""
