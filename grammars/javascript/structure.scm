; Functions, classes and braced bodies of JavaScript, with JSX elements.
(function_declaration) @function
(generator_function_declaration) @function
(function_expression) @function
(generator_function) @function
(arrow_function) @function
(method_definition) @function

(class_declaration) @class
(class) @class

(statement_block) @block
(class_body) @block
(object) @block
(switch_body) @block
(jsx_element) @block
