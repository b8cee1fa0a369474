; Functions, classes and braced bodies of TypeScript with JSX.
(function_declaration) @function
(generator_function_declaration) @function
(function_expression) @function
(generator_function) @function
(arrow_function) @function
(method_definition) @function

(class_declaration) @class
(abstract_class_declaration) @class
(class) @class
(interface_declaration) @class
(enum_declaration) @class
(internal_module) @class
(module) @class

(statement_block) @block
(class_body) @block
(interface_body) @block
(enum_body) @block
(object_type) @block
(object) @block
(switch_body) @block
(jsx_element) @block
