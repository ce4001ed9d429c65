"""A person at LibreOffice: the real program opens a draft, types into it, and saves it as .docx."""

from __future__ import annotations

import os
import subprocess
from html import escape
from pathlib import Path

MACRO = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Typist" script:language="StarBasic">
Sub Main()
{given}    Dim hidden(0) As New com.sun.star.beans.PropertyValue
    hidden(0).Name = "Hidden"
    hidden(0).Value = True
    document = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
    search = document.createSearchDescriptor()
    search.SearchString = placeholder
    found = document.findFirst(search)
    cursor = found.Text.createTextCursorByRange(found)
    cursor.gotoStartOfParagraph(False)
    cursor.gotoEndOfParagraph(True)
    cursor.String = words
    cursor.collapseToEnd()
    found.Text.insertControlCharacter(cursor, com.sun.star.text.ControlCharacter.PARAGRAPH_BREAK, False)
    found.Text.insertString(cursor, words &amp; " (bis)", False)
    search.SearchString = figure
    found = document.findFirst(search)
    found.String = other
    Dim form(0) As New com.sun.star.beans.PropertyValue
    form(0).Name = "FilterName"
    form(0).Value = "MS Word 2007 XML"
    document.storeToURL(target, form())
    document.close(True)
    StarDesktop.terminate()
End Sub
</script:module>
"""
LIBRARY = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Typist"/></library:library>
"""
LIBRARIES = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
 library:link="false"/></library:libraries>
"""
SET_UP = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse">
<value>true</value></prop></item></oor:items>
"""  # or the first start would write its own libraries over ours
SECONDS = 120


def typed(soffice: Path, folder: Path, content: bytes, placeholder: str, words: str, figure: str, other: str) -> bytes:
    """Return a document with words in place of the paragraph of a placeholder, and something else for a figure."""
    basic = folder / "profile" / "user" / "basic"
    (basic / "Standard").mkdir(parents=True)
    (basic.parent / "registrymodifications.xcu").write_text(SET_UP)
    (basic / "script.xlc").write_text(LIBRARIES)
    (basic / "Standard" / "script.xlb").write_text(LIBRARY)
    source, target = folder / "source.docx", folder / "typed.docx"
    source.write_bytes(content)
    said = {"placeholder": placeholder, "words": words, "figure": figure, "other": other}
    said |= {"source": source.as_uri(), "target": target.as_uri()}
    given = "".join(f'    {name} = "{escape(value)}"\n' for name, value in said.items())
    (basic / "Standard" / "Typist.xba").write_text(MACRO.replace("{given}", given), "utf-8")
    line = [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    environ = {**os.environ, "HOME": str(folder)}
    subprocess.run([*line, "macro:///Standard.Typist.Main"], env=environ, timeout=SECONDS, check=True)
    return target.read_bytes()
