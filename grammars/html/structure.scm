; Elements of HTML, from their opening to their closing tag.
(element) @block
(script_element) @block
(style_element) @block
