// The surface syntax (language.md, rules.md G1–G11), flat where precedence is concerned: the AST builder resolves it.
// "NB" stands for: does not begin with a block form, so that it can be a statement beside them (G4).
// Rules whose name ends in "s" and that only repeat another are places where parsing goes on after a mistake (ErrorStrategy.h).
parser grammar AsyncParser;

options { tokenVocab = AsyncLexer; superClass = ParserBase; }

@parser::postinclude {
#include "frontend/syntax/ParserBase.h"
}

file: items EOF;

// Items

items: item*;
item: attribute* PUB? itemKind;
attribute: POUND LBRACK attributeItem (COMMA attributeItem)* COMMA? RBRACK;
attributeItem: IDENT (LPAREN (attributeArgument (COMMA attributeArgument)* COMMA?)? RPAREN)?;
attributeArgument: (IDENT COLON)? (literal | path);
itemKind: function | structItem | enumItem | traitItem | implItem | constItem | staticItem | typeItem | useItem | externItem | exportItem | testItem;

function: functionWord* FN IDENT generics? parameters result? outLoans? whereClause? (block | SEMI);
functionWord: ASYNC | UNSAFE | KW_STREAM | KW_SINK | KW_DETERMINISTIC | KW_BLOCKING;
parameters: LPAREN (parameter (COMMA parameter)* COMMA?)? RPAREN;
parameter: attribute* ((AND MUT?)? SELF | patternNoTop COLON type (EQ expr)?);
result: ARROW type fromLoans? | LT MINUS type;
fromLoans: IDENT (IDENT | SELF) (COMMA (IDENT | SELF))*;
outLoans: SEMI IDENT IDENT (IDENT | SELF) (COMMA (IDENT | SELF))*;
whereClause: WHERE wherePredicate (COMMA wherePredicate)* COMMA?;
wherePredicate: type COLON bounds;
generics: lt (genericParam (COMMA genericParam)* COMMA?)? GT;
genericParam: CONST IDENT COLON type | IDENT (COLON bounds)? (EQ type)?;
bounds: bound (PLUS bound)*;
bound: path | functionType;
lt: LT | LT_TYPE;

structItem: KW_COPY? STRUCT IDENT generics? (tupleFields whereClause? SEMI | whereClause? (namedFields | SEMI));
namedFields: LBRACE (field (COMMA field)* COMMA?)? RBRACE;
field: attribute* PUB? IDENT COLON type;
tupleFields: LPAREN (tupleField (COMMA tupleField)* COMMA?)? RPAREN;
tupleField: attribute* PUB? type;
enumItem: KW_COPY? ENUM IDENT generics? whereClause? LBRACE (variant (COMMA variant)* COMMA?)? RBRACE;
variant: attribute* IDENT (tupleFields | namedFields)? (EQ expr)?;
traitItem: TRAIT IDENT generics? (COLON bounds)? whereClause? LBRACE traitMembers RBRACE;
traitMembers: traitMember*;
traitMember: attribute* (function | TYPE IDENT (COLON bounds)? (EQ type)? SEMI | traitConst);
traitConst: CONST IDENT COLON type (EQ expr)? SEMI;
implItem: IMPL generics? type (FOR type)? whereClause? LBRACE implMembers RBRACE;
implMembers: implMember*;
implMember: attribute* PUB? (function | TYPE IDENT EQ type SEMI | constItem);
constItem: CONST IDENT COLON type EQ expr SEMI;
staticItem: STATIC IDENT COLON type EQ expr SEMI;
typeItem: TYPE IDENT generics? EQ type SEMI;
useItem: USE useTree SEMI;
useTree: useSegment (PATHSEP useSegment)* (PATHSEP (STAR | LBRACE (useTree (COMMA useTree)* COMMA?)? RBRACE) | AS IDENT)?;
useSegment: IDENT | SELF | SUPER | CRATE;
externItem: EXTERN string LBRACE externMembers RBRACE;
externMembers: externMember*;
externMember: attribute* PUB? function;
exportItem: KW_EXPORT string function;
testItem: KW_TEST string parameters? block;

// Paths and types

path: pathSegment (PATHSEP pathSegment)*;
pathSegment: (IDENT | SELF_TYPE | SUPER | CRATE | SELF) (lt typeArgs GT)?;
typeArgs: (typeArg (COMMA typeArg)* COMMA?)?;
typeArg: IDENT EQ type | type | MINUS? INT;
// In expressions the token pass decides which `<` opens type arguments (G1).
exprPath: exprSegment (PATHSEP exprSegment)*;
exprSegment: (IDENT | SELF_TYPE | SUPER | CRATE | SELF) (LT_TYPE typeArgs GT)?;

type
  : AND MUT? type
  | ANDAND MUT? type
  | STAR (MUT | CONST)? type
  | functionType
  | IMPL bounds
  | DYN bounds
  | (path | typeBase) QUESTION*
  ;
typeBase: LPAREN (type (COMMA type)* COMMA?)? RPAREN | LBRACK type (SEMI expr)? RBRACK | BANG | UNDERSCORE;
functionType: (KW_ONCE | KW_SHARED)? FN LPAREN (type (COMMA type)* COMMA?)? RPAREN (ARROW type)?;
// Behind `as`: a `<` may be less-than.
castType
  : AND MUT? castType
  | ANDAND MUT? castType
  | STAR (MUT | CONST)? castType
  | castFunctionType
  | (exprPath | typeBase) QUESTION*
  ;
castFunctionType: (KW_ONCE | KW_SHARED)? FN LPAREN (type (COMMA type)* COMMA?)? RPAREN (ARROW castType)?;

// Statements

block: LBRACE statements RBRACE;
body: LBRACE_BODY statements RBRACE;
statements: statement* exprNB? ((SEMI | VIRTUAL_SEMI) statement* exprNB?)*;
statement: letStatement | deferStatement | blockForm | item;
letStatement: LET patternNoTop (COLON type)? (EQ expr (ELSE_LET block)?)? SEMI;
deferStatement: (DEFER | ERRDEFER) (blockForm | exprNB SEMI);

// Expressions

expr: operand exprTail | rangeOp (operand exprTail | greedy)? | greedy;
exprNB: operandNB exprTail | rangeOp (operand exprTail | greedy)? | greedy;
exprTail: (binaryOp operand | rangeOp operand?)* ((binaryOp | rangeOp) greedy)?;
rangeOp: DOTDOT | DOTDOTEQ;
binaryOp
  : PLUS | MINUS | STAR | SLASH | PERCENT | PLUSWRAP | MINUSWRAP | STARWRAP | PLUSSAT | MINUSSAT | AND | BAR | CARET | SHL
  | EQEQ | NE | LT | LE | ANDAND | OROR | PIPE
  | EQ | PLUSEQ | MINUSEQ | STAREQ | SLASHEQ | PERCENTEQ | ANDEQ | OREQ | CARETEQ | SHLEQ
  | PLUSWRAPEQ | MINUSWRAPEQ | STARWRAPEQ | PLUSSATEQ | MINUSSATEQ
  | GT GT? EQ?
  ;
operand: letCondition? prefixOp* primary suffix* afterUnary*;
operandNB: (prefixOp+ primary | primaryNB) suffix* afterUnary*;
letCondition: LET patternNoTop EQ;
prefixOp: MINUS | BANG | STAR | AND MUT? | ANDAND MUT? | AWAIT | (SPAWN | DETACH) options?;
options: LPAREN_OPT argument (COMMA argument)* COMMA? RPAREN;
afterUnary: AS castType | CATCH LBRACE arms RBRACE;
suffix
  : DOT (IDENT (LT_TYPE typeArgs GT)? | INT)
  | LPAREN (argument (COMMA argument)* COMMA?)? RPAREN
  | LBRACK expr RBRACK
  | QUESTION
  ;
argument: (IDENT COLON)? expr;

primary: primaryNB | blockForm;
primaryNB
  : literal
  | exprPath structBody?
  | LPAREN (expr (COMMA expr)* COMMA?)? RPAREN
  | LBRACK (expr (SEMI expr | (COMMA expr)* COMMA?))? RBRACK
  | MOVE? (ASYNC | KW_STREAM | KW_BLOCKING) block
  | MOVE block
  | SHIELD block
  ;
structBody: LBRACE (structField (COMMA structField)* (COMMA (DOTDOT expr)?)? | DOTDOT expr)? RBRACE;
structField: IDENT (COLON expr)?;
literal: INT | FLOAT | CHAR | TRUE | FALSE | RAW_STRING | BYTE_STRING | string;
string: STRING_START stringPart* STRING_END;
stringPart: STRING_TEXT | STRING_ESCAPE | STRING_BRACE | INTERP_START expr (COLON specPart*)? (RBRACE | SPEC_END);
specPart: SPEC_TEXT | SPEC_LBRACE expr (RBRACE | SPEC_END);

// G8: these reach as far right as they can, so they are only last.
greedy
  : borrowOp* MOVE? ASYNC? (BAR (closureParameter (COMMA closureParameter)* COMMA?)? BAR | OROR) (ARROW type block | expr)
  | RETURN expr?
  | BREAK LABEL? expr?
  | CONTINUE LABEL?
  | YIELD expr?
  ;
borrowOp: AND MUT? | ANDAND MUT?;
closureParameter: patternNoTop (COLON type)?;

blockForm
  : (LABEL COLON)? block
  | IF expr body (ELSE IF expr body)* (ELSE block)?
  | MATCH expr LBRACE_BODY arms RBRACE
  | (LABEL COLON)? WHILE expr body
  | (LABEL COLON)? LOOP block
  | (LABEL COLON)? FOR AWAIT? patternNoTop IN expr body
  | SCOPE options? IDENT? block
  | SELECT KW_BIASED? LBRACE selectArms RBRACE
  | UNSAFE block
  ;
arms: arm*;
arm: pattern (IF expr)? FATARROW armBody;
armBody: blockForm COMMA? | exprNB COMMA; // the token pass puts a `,` behind the last arm
selectArms: selectArm*;
selectArm: (patternNoTop EQ expr (COMMA IF expr)? | ELSE | ELSE_LET) FATARROW armBody;

// Patterns

pattern: BAR? patternNoTop (BAR patternNoTop)*;
patternNoTop
  : patternLiteral (rangeOp (patternLiteral | path)?)?
  | rangeOp (patternLiteral | path)
  | UNDERSCORE
  | DOTDOT
  | (AND | ANDAND) MUT? patternNoTop
  | LPAREN (pattern (COMMA pattern)* COMMA?)? RPAREN
  | LBRACK (pattern (COMMA pattern)* COMMA?)? RBRACK
  | IDENT AT patternNoTop
  | path (LPAREN (pattern (COMMA pattern)* COMMA?)? RPAREN | patternFields | rangeOp (patternLiteral | path)?)?
  ;
patternLiteral: MINUS? (INT | FLOAT) | CHAR | TRUE | FALSE | RAW_STRING | BYTE_STRING | string;
patternFields: LBRACE (patternField (COMMA patternField)* COMMA?)? RBRACE;
patternField: IDENT (COLON pattern)? | DOTDOT;
