// The surface syntax (language.md, rules.md G1–G11), flat where precedence is concerned: the AST builder resolves it.
// "NB" stands for: does not begin with a block form, so that it can be a statement beside them (G4).
parser grammar AsyncParser;

options { tokenVocab = AsyncLexer; superClass = ParserBase; }

@parser::postinclude {
#include "frontend/syntax/ParserBase.h"
}

file: item* EOF;

// Items

item: attribute* visibility? itemKind;
attribute: POUND LBRACK attributeItem (COMMA attributeItem)* COMMA? RBRACK;
attributeItem: name (LPAREN (attributeArgument (COMMA attributeArgument)* COMMA?)? RPAREN)?;
attributeArgument: (name COLON)? (literal | path);
visibility: PUB;
itemKind: function | structItem | enumItem | traitItem | implItem | constItem | staticItem | typeItem | useItem | externItem | exportItem | testItem;

function: functionWord* FN name generics? LPAREN (parameter (COMMA parameter)* COMMA?)? RPAREN result? whereClause? (block | SEMI);
functionWord: ASYNC | UNSAFE | KW_STREAM | KW_SINK | KW_DETERMINISTIC | KW_BLOCKING;
parameter: attribute* (AND? MUT? SELF | patternNoTop COLON type (EQ expr)?);
result: ARROW type resultLoans? | LT MINUS type;
resultLoans: IDENT name (COMMA name)*;
whereClause: WHERE wherePredicate (COMMA wherePredicate)* COMMA?;
wherePredicate: type COLON bounds;
generics: lt (genericParam (COMMA genericParam)* COMMA?)? GT;
genericParam: CONST name COLON type | name (COLON bounds)?;
bounds: bound (PLUS bound)*;
bound: path | functionType;
lt: LT | LT_TYPE;

structItem: KW_COPY? STRUCT name generics? (whereClause? LBRACE (field (COMMA field)* COMMA?)? RBRACE | tupleFields whereClause? SEMI | whereClause? SEMI);
field: attribute* visibility? name COLON type;
tupleFields: LPAREN (tupleField (COMMA tupleField)* COMMA?)? RPAREN;
tupleField: attribute* visibility? type;
enumItem: KW_COPY? ENUM name generics? whereClause? LBRACE (variant (COMMA variant)* COMMA?)? RBRACE;
variant: attribute* name (tupleFields | LBRACE (field (COMMA field)* COMMA?)? RBRACE)? (EQ expr)?;
traitItem: TRAIT name generics? (COLON bounds)? whereClause? LBRACE traitMember* RBRACE;
traitMember: attribute* (function | TYPE name (COLON bounds)? (EQ type)? SEMI);
implItem: IMPL generics? type (FOR type)? whereClause? LBRACE implMember* RBRACE;
implMember: attribute* visibility? (function | TYPE name EQ type SEMI | constItem);
constItem: CONST name COLON type EQ expr SEMI;
staticItem: STATIC name COLON type EQ expr SEMI;
typeItem: TYPE name generics? EQ type SEMI;
useItem: USE useTree SEMI;
useTree: useSegment (PATHSEP useSegment)* (PATHSEP (STAR | LBRACE (useTree (COMMA useTree)* COMMA?)? RBRACE) | AS name)?;
useSegment: name | SELF | SUPER | CRATE;
externItem: EXTERN string LBRACE externMember* RBRACE;
externMember: attribute* visibility? function;
exportItem: KW_EXPORT string function;
testItem: KW_TEST string (LPAREN (parameter (COMMA parameter)* COMMA?)? RPAREN)? block;

// Names, paths, types

name: IDENT;
path: pathSegment (PATHSEP pathSegment)*;
pathSegment: (IDENT | SELF_TYPE | SUPER | CRATE | SELF) typeArgs?;
typeArgs: lt (typeArg (COMMA typeArg)* COMMA?)? GT;
typeArg: name EQ type | type | MINUS? INT;
exprPath: exprSegment (PATHSEP exprSegment)*;
exprSegment: (IDENT | SELF_TYPE | SUPER | CRATE | SELF) (LT_TYPE (typeArg (COMMA typeArg)* COMMA?)? GT)?;

type
@init { NestingGuard nesting(*this); }
  : AND MUT? type
  | ANDAND MUT? type
  | STAR (MUT | CONST)? type
  | functionType
  | IMPL bounds
  | DYN bounds
  | typeBase QUESTION*
  ;
typeBase: path | LPAREN (type (COMMA type)* COMMA?)? RPAREN | LBRACK type (SEMI expr)? RBRACK | BANG | UNDERSCORE;
functionType: (KW_ONCE | KW_SHARED)? FN LPAREN (type (COMMA type)* COMMA?)? RPAREN (ARROW type)?;

// Statements

block: LBRACE statements RBRACE;
body: LBRACE_BODY statements RBRACE;
statements
@init { NestingGuard nesting(*this); }
  : statement* exprNB? (SEMI statement* exprNB?)*;
statement: letStatement | blockForm | item;
letStatement: LET patternNoTop (COLON type)? (EQ expr (ELSE_LET block)?)? SEMI;

// Expressions

expr
@init { NestingGuard nesting(*this); }
  : (greedy | rangeOp (operand | greedy)? | operand) (binaryOp (operand | greedy) | rangeOp (operand | greedy)?)*;
exprNB
@init { NestingGuard nesting(*this); }
  : (greedy | rangeOp (operand | greedy)? | operandNB) (binaryOp (operand | greedy) | rangeOp (operand | greedy)?)*;
rangeOp: DOTDOT | DOTDOTEQ;
binaryOp
  : PLUS | MINUS | STAR | SLASH | PERCENT | PLUSWRAP | MINUSWRAP | STARWRAP | PLUSSAT | MINUSSAT | AND | BAR | CARET | SHL
  | EQEQ | NE | LT | LE | ANDAND | OROR | PIPE
  | EQ | PLUSEQ | MINUSEQ | STAREQ | SLASHEQ | PERCENTEQ | ANDEQ | OREQ | CARETEQ | SHLEQ
  | PLUSWRAPEQ | MINUSWRAPEQ | STARWRAPEQ | PLUSSATEQ | MINUSSATEQ
  | GT GT? EQ?
  ;
operand: letCondition? prefixOp* postfix afterUnary*;
operandNB: (letCondition prefixOp* postfix | prefixOp+ postfix | postfixNB) afterUnary*;
letCondition: LET patternNoTop EQ;
prefixOp: MINUS | BANG | STAR | AND MUT? | ANDAND MUT? | AWAIT | SPAWN options? | DETACH options?;
options: LPAREN_OPT argument (COMMA argument)* COMMA? RPAREN;
afterUnary: AS type | CATCH LBRACE arms RBRACE;
postfix: primary suffix*;
postfixNB: primaryNB suffix*;
suffix
  : DOT (IDENT (LT_TYPE (typeArg (COMMA typeArg)* COMMA?)? GT)? | INT)
  | LPAREN (argument (COMMA argument)* COMMA?)? RPAREN
  | LBRACK expr RBRACK
  | QUESTION
  ;
argument: (name COLON)? expr;

primary: primaryNB | blockForm;
primaryNB
  : literal
  | exprPath (LBRACE (structField (COMMA structField)* COMMA?)? structBase? RBRACE)?
  | LPAREN (expr (COMMA expr)* COMMA?)? RPAREN
  | LBRACK (expr (SEMI expr | (COMMA expr)* COMMA?))? RBRACK
  | MOVE? ASYNC block
  | MOVE? KW_STREAM block
  | SHIELD block
  | MOVE? KW_BLOCKING block
  ;
structField: name (COLON expr)?;
structBase: DOTDOT expr;
literal: INT | FLOAT | CHAR | TRUE | FALSE | RAW_STRING | BYTE_STRING | string;
string: STRING_START stringPart* STRING_END;
stringPart: STRING_TEXT | STRING_ESCAPE | STRING_BRACE | INTERP_START expr (COLON specPart*)? (RBRACE | SPEC_END);
specPart: SPEC_TEXT | SPEC_LBRACE expr (RBRACE | SPEC_END);

greedy
@init { NestingGuard nesting(*this); }
  : MOVE? ASYNC? (BAR (closureParameter (COMMA closureParameter)* COMMA?)? BAR | OROR) (ARROW type block | expr)
  | RETURN expr?
  | BREAK LABEL? expr?
  | CONTINUE LABEL?
  | YIELD expr?
  ;
closureParameter: patternNoTop (COLON type)?;

blockForm
@init { NestingGuard nesting(*this); }
  : (LABEL COLON)? block
  | IF expr body (ELSE IF expr body)* (ELSE block)?
  | MATCH expr LBRACE_BODY arms RBRACE
  | (LABEL COLON)? WHILE expr body
  | (LABEL COLON)? LOOP block
  | (LABEL COLON)? FOR AWAIT? patternNoTop IN expr body
  | SCOPE options? name? block
  | SELECT KW_BIASED? LBRACE selectArm* RBRACE
  | DEFER (block | exprNB SEMI)
  | ERRDEFER (block | exprNB SEMI)
  | UNSAFE block
  ;
arms: arm*;
arm: pattern (IF expr)? FATARROW armBody;
armBody: blockForm COMMA? | exprNB COMMA?;
selectArm: (patternNoTop EQ expr (COMMA IF expr)? | ELSE | ELSE_LET) FATARROW armBody;

// Patterns

pattern: BAR? patternNoTop (BAR patternNoTop)*;
patternNoTop
@init { NestingGuard nesting(*this); }
  : patternLiteral (rangeOp patternLiteral?)?
  | rangeOp patternLiteral
  | UNDERSCORE
  | DOTDOT
  | AND MUT? patternNoTop
  | ANDAND MUT? patternNoTop
  | LPAREN (pattern (COMMA pattern)* COMMA?)? RPAREN
  | LBRACK (pattern (COMMA pattern)* COMMA?)? RBRACK
  | IDENT AT patternNoTop
  | path (LPAREN (pattern (COMMA pattern)* COMMA?)? RPAREN | LBRACE (patternField (COMMA patternField)*)? COMMA? RBRACE)?
  ;
patternLiteral: MINUS? (INT | FLOAT) | CHAR | TRUE | FALSE | RAW_STRING | BYTE_STRING | string;
patternField: name (COLON pattern)? | DOTDOT;
