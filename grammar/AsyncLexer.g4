// The tokens of the language (rules.md G5–G7). LexerBase (frontend/syntax) tracks where interpolations begin and end; the token
// pass (frontend/syntax/TokenPass.h) settles `<`, `{`, `else` and contextual words by what stands around them.
lexer grammar AsyncLexer;

options { superClass = LexerBase; }

@lexer::postinclude {
#include "frontend/syntax/LexerBase.h"
}

tokens {
  LT_TYPE,      // `<` that opens type arguments
  LBRACE_BODY,  // the `{` that ends a head
  ELSE_LET,     // the `else` of a `let … else`
  LPAREN_OPT,   // the `(` of options
  KW_STREAM, KW_SINK, KW_BLOCKING, KW_DETERMINISTIC, KW_COPY, KW_TEST, KW_BIASED, KW_ONCE, KW_SHARED, KW_EXPORT,
  VIRTUAL_SEMI  // stands for a `;` whose absence was reported
}

AS: 'as'; ASYNC: 'async'; AWAIT: 'await'; BREAK: 'break'; CATCH: 'catch'; CONST: 'const'; CONTINUE: 'continue';
DEFER: 'defer'; DETACH: 'detach'; DYN: 'dyn'; ELSE: 'else'; ENUM: 'enum'; ERRDEFER: 'errdefer'; EXTERN: 'extern';
FALSE: 'false'; FN: 'fn'; FOR: 'for'; IF: 'if'; IMPL: 'impl'; IN: 'in'; LET: 'let'; LOOP: 'loop'; MATCH: 'match';
MOD: 'mod'; MOVE: 'move'; MUT: 'mut'; PUB: 'pub'; REF: 'ref'; RETURN: 'return'; SCOPE: 'scope'; SELECT: 'select';
SELF: 'self'; SELF_TYPE: 'Self'; SHIELD: 'shield'; SPAWN: 'spawn'; STATIC: 'static'; STRUCT: 'struct'; SUPER: 'super';
CRATE: 'crate'; TRAIT: 'trait'; TRUE: 'true'; TYPE: 'type'; UNSAFE: 'unsafe'; USE: 'use'; WHERE: 'where'; WHILE: 'while'; YIELD: 'yield';

RAW_STRING: 'r"' ~["]* '"';
BYTE_STRING: 'b"' ('\\' . | ~["\\])* '"';
UNDERSCORE: '_';
IDENT: [\p{XID_Start}_] [\p{XID_Continue}]*;
LABEL: '\'' [\p{XID_Start}_] [\p{XID_Continue}]*;
CHAR: '\'' ('\\u{' ~[}'\r\n]* '}' | '\\' ~[\r\n] | ~['\\\r\n]) '\'';

FLOAT: DIGITS '.' DIGITS EXPONENT? SUFFIX? | DIGITS EXPONENT SUFFIX?;
INT: ('0x' [0-9a-fA-F] [0-9a-fA-F_]* | '0b' [0-9] [0-9_]* | '0o' [0-9] [0-9_]* | DIGITS) SUFFIX?;
fragment DIGITS: [0-9] [0-9_]*;
fragment EXPONENT: [eE] [+-]? [0-9] [0-9_]*;
fragment SUFFIX: [\p{L}] [\p{L}0-9_]*;

STRING_START: '"' { openString(); };

LPAREN: '(' { open(); };
RPAREN: ')' { close(); };
LBRACK: '[' { open(); };
RBRACK: ']' { close(); };
LBRACE: '{' { open(); };
RBRACE: '}' { closeBrace(); };
PATHSEP: '::';
COLON: ':' { colon(); };
BAR: '|' { bar(); };

ARROW: '->'; FATARROW: '=>'; PIPE: '|>';
DOTDOTEQ: '..='; DOTDOT: '..'; DOT: '.';
PLUSWRAPEQ: '+%='; MINUSWRAPEQ: '-%='; STARWRAPEQ: '*%='; PLUSSATEQ: '+|='; MINUSSATEQ: '-|=';
PLUSWRAP: '+%'; MINUSWRAP: '-%'; STARWRAP: '*%'; PLUSSAT: '+|'; MINUSSAT: '-|';
PLUSEQ: '+='; MINUSEQ: '-='; STAREQ: '*='; SLASHEQ: '/='; PERCENTEQ: '%='; ANDEQ: '&='; OREQ: '|='; CARETEQ: '^='; SHLEQ: '<<=';
SHL: '<<'; LE: '<='; EQEQ: '=='; NE: '!='; ANDAND: '&&'; OROR: '||';
PLUS: '+'; MINUS: '-'; STAR: '*'; SLASH: '/'; PERCENT: '%'; AND: '&'; CARET: '^'; BANG: '!'; LT: '<'; GT: '>'; EQ: '=';
SEMI: ';'; COMMA: ','; QUESTION: '?'; AT: '@'; POUND: '#';

DOC_COMMENT: '///' ~[\r\n]* -> channel(2);
LINE_COMMENT: '//' ~[\r\n]* -> skip;
COMMENT_START: '/*' { openComment(); } -> skip, pushMode(COMMENT);
WHITESPACE: [ \t\r\n]+ -> skip;
BAD_CHAR: .;

mode STRING;
STRING_TEXT: ~["\\{}]+;
STRING_ESCAPE: '\\u{' ~[}"\r\n]* '}' | '\\' .;
STRING_BRACE: '{{' | '}}';
INTERP_START: '{' { openInterpolation(); };
STRING_END: '"' { closeString(); };
STRING_LONE: '}' | '\\';

mode SPECIFICATION;
SPEC_TEXT: ~[{}"\r\n]+;
SPEC_LBRACE: '{' { openInterpolation(); };
SPEC_END: '}' { closeSpecification(); };
SPEC_BAD: ["\r\n] { leaveSpecification(); };

mode COMMENT;
COMMENT_OPEN: '/*' -> skip, pushMode(COMMENT);
COMMENT_CLOSE: '*/' -> skip, popMode;
COMMENT_TEXT: (~[*/]+ | '*' | '/') -> skip;
