; Functions, types and braced bodies of Go.
(function_declaration) @function
(method_declaration) @function
(func_literal) @function

(type_spec type: (struct_type)) @class
(type_spec type: (interface_type)) @class

(block) @block
(field_declaration_list) @block
(interface_type) @block
(literal_value) @block
(expression_switch_statement) @block
(type_switch_statement) @block
(select_statement) @block
