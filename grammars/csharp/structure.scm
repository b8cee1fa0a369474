; Methods, types, namespaces and braced bodies of C#.
(method_declaration) @function
(constructor_declaration) @function
(destructor_declaration) @function
(operator_declaration) @function
(local_function_statement) @function
(lambda_expression) @function
(anonymous_method_expression) @function
(property_declaration) @function

(class_declaration) @class
(interface_declaration) @class
(struct_declaration) @class
(record_declaration) @class
(enum_declaration) @class
(namespace_declaration) @class

(block) @block
(declaration_list) @block
(accessor_list) @block
(enum_member_declaration_list) @block
(switch_body) @block
(switch_expression) @block
(initializer_expression) @block
