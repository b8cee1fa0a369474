; Functions, types and braced bodies of PHP.
(function_definition) @function
(method_declaration) @function
(anonymous_function) @function
(arrow_function) @function

(class_declaration) @class
(interface_declaration) @class
(trait_declaration) @class
(enum_declaration) @class

(compound_statement) @block
(colon_block) @block
(declaration_list) @block
(enum_declaration_list) @block
(switch_block) @block
(match_block) @block
(array_creation_expression) @block
