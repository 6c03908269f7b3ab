#include "frontend/syntax/TypeScan.h"

#include "frontend/syntax/generated/AsyncLexer.h"

namespace async::syntax {

using L = AsyncLexer;

bool TypeScan::opensTypeArguments(uint32_t at) {
  hitBound = false;
  const uint32_t end = arguments(at, 0);
  if (end == 0)
    return false;
  switch (type(end)) {
  case L::LPAREN:
  case L::LPAREN_OPT:
  case L::RPAREN:
  case L::RBRACK:
  case L::RBRACE:
  case L::LBRACE:
  case L::LBRACE_BODY:
  case L::COMMA:
  case L::SEMI:
  case L::COLON:
  case L::DOT:
  case L::PATHSEP:
  case L::PIPE:
  case L::SPEC_END:
    return true;
  default:
    return false;
  }
}

uint32_t TypeScan::arguments(uint32_t at, uint32_t depth) {
  if (known[at] != 0)
    return known[at] == fails ? 0 : known[at];
  if (depth == most) {
    hitBound = true;
    return 0;
  }
  uint32_t i = at + 1, end = 0;
  while (true) {
    if (type(i) == L::GT) {
      end = i + 1;
      break;
    }
    i = argument(i, depth + 1);
    if (i == 0)
      break;
    if (type(i) == L::COMMA)
      ++i;
    else if (type(i) != L::GT)
      break;
  }
  // A failure by the bound says nothing about the same `<` read from nearer.
  if (end != 0 || !hitBound)
    known[at] = end != 0 ? end : fails;
  return end;
}

uint32_t TypeScan::argument(uint32_t at, uint32_t depth) {
  if (type(at) == L::INT)
    return at + 1;
  if (type(at) == L::MINUS && type(at + 1) == L::INT)
    return at + 2;
  if (type(at) == L::IDENT && type(at + 1) == L::EQ)
    return typeAt(at + 2, depth);
  return typeAt(at, depth);
}

uint32_t TypeScan::typeAt(uint32_t at, uint32_t depth) {
  if (depth >= most) {
    hitBound = true;
    return 0;
  }
  while (type(at) == L::AND || type(at) == L::ANDAND || type(at) == L::STAR) {
    ++at;
    if (type(at) == L::MUT || type(at) == L::CONST)
      ++at;
  }
  uint32_t end = 0;
  switch (type(at)) {
  case L::KW_ONCE:
  case L::KW_SHARED:
    return function(at + 1, depth);
  case L::FN:
    return function(at, depth);
  case L::IMPL:
  case L::DYN:
    return bounds(at + 1, depth);
  case L::LPAREN:
    end = listUntil(at + 1, L::RPAREN, depth);
    break;
  case L::LBRACK:
    end = array(at + 1, depth);
    break;
  case L::BANG:
  case L::UNDERSCORE:
    end = at + 1;
    break;
  default:
    end = path(at, depth);
  }
  while (end != 0 && type(end) == L::QUESTION)
    ++end;
  return end;
}

uint32_t TypeScan::path(uint32_t at, uint32_t depth) {
  while (true) {
    switch (type(at)) {
    case L::IDENT:
    case L::SELF_TYPE:
    case L::SELF:
    case L::SUPER:
    case L::CRATE:
      break;
    default:
      return 0;
    }
    ++at;
    if (type(at) == L::LT || type(at) == L::LT_TYPE) {
      at = arguments(at, depth + 1);
      if (at == 0)
        return 0;
    }
    if (type(at) != L::PATHSEP)
      return at;
    ++at;
  }
}

uint32_t TypeScan::listUntil(uint32_t at, uint32_t close, uint32_t depth) {
  while (true) {
    if (type(at) == close)
      return at + 1;
    at = typeAt(at, depth + 1);
    if (at == 0)
      return 0;
    if (type(at) == L::COMMA)
      ++at;
    else if (type(at) != close)
      return 0;
  }
}

uint32_t TypeScan::function(uint32_t at, uint32_t depth) {
  if (type(at) != L::FN || type(at + 1) != L::LPAREN)
    return 0;
  const uint32_t end = listUntil(at + 2, L::RPAREN, depth);
  return end != 0 && type(end) == L::ARROW ? typeAt(end + 1, depth + 1) : end;
}

uint32_t TypeScan::bounds(uint32_t at, uint32_t depth) {
  while (true) {
    at = typeAt(at, depth + 1);
    if (at == 0 || type(at) != L::PLUS)
      return at;
    ++at;
  }
}

// `T]` or `T; length]`, where the length is of names, numbers and operators.
uint32_t TypeScan::array(uint32_t at, uint32_t depth) {
  at = typeAt(at, depth + 1);
  if (at == 0 || type(at) == L::RBRACK)
    return at == 0 ? 0 : at + 1;
  if (type(at) != L::SEMI)
    return 0;
  for (uint32_t i = at + 1; i < at + 32; ++i) {
    switch (type(i)) {
    case L::INT:
    case L::IDENT:
    case L::PATHSEP:
    case L::PLUS:
    case L::MINUS:
    case L::STAR:
    case L::SLASH:
    case L::PERCENT:
    case L::DOT:
    case L::LPAREN:
    case L::RPAREN:
    case L::SELF_TYPE:
    case L::AS:
      break;
    case L::RBRACK:
      return i + 1;
    default:
      return 0;
    }
  }
  return 0;
}

} // namespace async::syntax
