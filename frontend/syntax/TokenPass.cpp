#include "frontend/syntax/TokenPass.h"

#include <algorithm>
#include <utility>

#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/TypeScan.h"
#include "frontend/syntax/generated/AsyncLexer.h"

namespace async::syntax {

using L = AsyncLexer;

namespace {

bool isWord(uint32_t type) { return type >= L::AS && type <= L::YIELD; }

// First step: tokens that are not of the language are reported and mended; words behind `.` become names.
class Cleaner {
public:
  Cleaner(const std::vector<Lexeme> &in, std::string_view text, Errors &errors) : in(in), text(text), errors(errors) { out.reserve(in.size() + 8); }

  std::vector<Lexeme> run() {
    for (at = 0; at < in.size(); ++at)
      step(in[at]);
    return std::move(out);
  }

private:
  uint32_t type(size_t i) const { return i < in.size() ? in[i].type : UINT32_MAX; }
  uint32_t previous() const { return out.empty() ? 0 : out.back().type; }
  std::string_view textOf(const Lexeme &token) const { return text.substr(token.lo, token.hi - token.lo); }
  Span span(const Lexeme &token) const { return errors.span(token.lo, token.hi); }
  bool touches(size_t i) const { return i > 0 && i < in.size() && in[i - 1].hi == in[i].lo; }

  void keep(Lexeme token, uint32_t as) {
    token.type = as;
    out.push_back(token);
  }

  void step(const Lexeme &token) {
    switch (token.type) {
    case L::BAD_CHAR:
      return badCharacter(token);
    case L::LABEL:
      if (type(at + 1) == L::BAD_CHAR && touches(at + 1) && text[in[at + 1].lo] == '\'') {
        out.push_back({L::CHAR, token.lo, in[++at].hi, token.startsLine}); // the builder tells that it is too long
        return;
      }
      if (previous() == L::LT && lifetimeParameter())
        return;
      if (previous() == L::AND && type(at + 1) != L::COLON) {
        lifetime(token);
        return;
      }
      break;
    case L::FN:
    case L::STRUCT:
    case L::ENUM:
    case L::IMPL:
    case L::TRAIT:
      toldLifetime = false;
      break;
    case L::BANG:
      if (previous() == L::IDENT && touches(at) && (type(at + 1) == L::LPAREN || type(at + 1) == L::LBRACK) && touches(at + 1)) {
        errors.emit(span(token), diag::MacroCall, textOf(out.back()))
            .help(diag::MacroCallHelp)
            .fix(span(token), "", frontend::Applicability::MachineApplicable);
        return;
      }
      break;
    case L::PATHSEP:
      if (type(at + 1) == L::LT && (previous() == L::IDENT || previous() == L::SELF_TYPE)) {
        errors.emit(errors.span(token.lo, in[at + 1].hi), diag::TurboFish)
            .help(diag::TurboFishHelp)
            .fix(span(token), "", frontend::Applicability::MachineApplicable);
        return;
      }
      break;
    case L::MUT:
      if (previous() != L::AND && previous() != L::ANDAND && previous() != L::STAR) {
        errors.emit(span(token), diag::MutBinding)
            .help(diag::MutBindingHelp)
            .fix(errors.span(token.lo, std::min(token.hi + 1, in.back().lo)), "", frontend::Applicability::MachineApplicable);
        return;
      }
      break;
    case L::FLOAT:
      if (previous() == L::DOT)
        return splitIndex(token);
      break;
    case L::INTERP_START:
      if (type(at + 1) == L::RBRACE || (type(at + 1) == L::COLON && type(at + 2) == L::SPEC_END)) {
        const size_t last = at + (type(at + 1) == L::RBRACE ? 1 : 2);
        errors.emit(errors.span(token.lo, in[last].hi), diag::EmptyInterpolation).help(diag::EmptyInterpolationHelp);
        at = last;
        return;
      }
      break;
    case L::STRING_LONE:
      errors.emit(span(token), diag::LoneBrace, textOf(token)).help(textOf(token) == "}" ? diag::LoneBraceHelp : diag::LoneBackslashHelp);
      return;
    case L::SPEC_BAD:
      errors.emit(span(token), diag::UnclosedSpecification).help(diag::UnclosedSpecificationHelp);
      keep({token.type, token.lo, token.lo, false}, L::SPEC_END);
      if (text[token.lo] == '"')
        keep(token, L::STRING_END);
      return;
    default:
      if (previous() == L::DOT && isWord(token.type))
        return keep(token, L::IDENT);
    }
    out.push_back(token);
  }

  // One error for all in a head, where each follows from its parameter.
  void lifetime(const Lexeme &token) {
    if (!std::exchange(toldLifetime, true))
      errors.emit(span(token), diag::LifetimeWritten, textOf(token))
          .help(diag::LifetimeWrittenHelp)
          .fix(span(token), "", frontend::Applicability::MachineApplicable);
  }

  // `<'a, 'b: 'a, T>`: left out, with its comma.
  bool lifetimeParameter() {
    size_t end = at + 1;
    if (type(end) == L::COLON && type(end + 1) == L::LABEL)
      end += 2;
    if (type(end) != L::COMMA && type(end) != L::GT)
      return false;
    lifetime(in[at]);
    at = type(end) == L::COMMA ? end : end - 1;
    return true;
  }

  // A text in quotes of a book is one mistake; so is one in quotes of a shell, and `''`.
  bool quoted(const Lexeme &token) {
    const std::string_view quote = textOf(token);
    if (quote == "'" && type(at + 1) == L::BAD_CHAR && touches(at + 1) && textOf(in[at + 1]) == "'") {
      out.push_back({L::CHAR, token.lo, in[++at].hi, token.startsLine});
      return true;
    }
    const std::string_view close = quote == "\u201c" || quote == "\u201d" || quote == "\u201e" ? "\u201d"
                                   : quote == "\u2018" || quote == "\u2019"                    ? "\u2019"
                                   : quote == "`"                                              ? "`"
                                                                                               : "";
    if (close.empty())
      return false;
    size_t end = at + 1;
    const size_t most = std::min(in.size(), at + 64);
    while (end < most && !in[end].startsLine && textOf(in[end]) != close)
      ++end;
    const bool closed = end < most && !in[end].startsLine;
    errors.emit(span(token), diag::UnknownCharacter, quote).help(diag::StraightQuotesHelp);
    if (closed) {
      out.push_back({L::IDENT, token.lo, in[end].hi, token.startsLine});
      at = end;
    }
    return true;
  }

  // `\x -> e`: a closure of another language.
  bool closure(const Lexeme &token) {
    size_t end = at + 1;
    while (type(end) == L::IDENT || type(end) == L::COMMA)
      ++end;
    if (textOf(token) != "\\" || end == at + 1 || type(end) != L::ARROW)
      return false;
    auto built = errors.emit(span(token), diag::UnknownCharacter, textOf(token)).help(diag::ClosureHelp);
    if (end == at + 2)
      built.fix(span(token), "|", frontend::Applicability::MachineApplicable)
          .fix(errors.span(in[end - 1].hi, in[end].hi), "|", frontend::Applicability::MachineApplicable);
    out.push_back({L::OROR, token.lo, in[end].hi, token.startsLine});
    at = end;
    return true;
  }

  // A run of them is one mistake.
  void badCharacter(const Lexeme &token) {
    if (closure(token))
      return;
    if ((at > 0 && in[at - 1].type == L::BAD_CHAR && touches(at)) || quoted(token))
      return;
    errors.emit(span(token), diag::UnknownCharacter, textOf(token));
  }

  // `t.0.1`: two indexes, not a number with a point.
  void splitIndex(const Lexeme &token) {
    const std::string_view digits = textOf(token);
    const size_t point = digits.find('.');
    if (point == std::string_view::npos)
      return keep(token, L::INT); // the builder tells that it is no index
    const auto middle = static_cast<uint32_t>(token.lo + point);
    out.push_back({L::INT, token.lo, middle, token.startsLine});
    out.push_back({L::DOT, middle, middle + 1, false});
    out.push_back({L::INT, middle + 1, token.hi, false});
  }

  const std::vector<Lexeme> &in;
  std::string_view text;
  Errors &errors;
  std::vector<Lexeme> out;
  size_t at = 0;
  bool toldLifetime = false;
};

// Second step: contextual words, heads and options.
class Retagger {
public:
  Retagger(std::vector<Lexeme> &tokens, std::string_view text, Errors &errors) : tokens(tokens), text(text), errors(errors), frames(1) {}

  void run() {
    for (at = 0; at < tokens.size(); ++at)
      step(tokens[at]);
    insertCommas();
  }

private:
  // What is open around a token: how many heads wait for their `{` in it, and whether the pattern of a `let` is being read.
  struct Frame {
    bool brace = true;
    bool arms = false; // of `match`, `catch` or `select`
    bool inLet = false;
    bool forPattern = false;
    uint32_t heads = 0;
    uint32_t lastHead = 0; // the word of the innermost
  };

  uint32_t type(size_t i) const { return i < tokens.size() ? tokens[i].type : UINT32_MAX; }
  uint32_t previous() const { return at > 0 ? tokens[at - 1].type : 0; }
  std::string_view textOf(const Lexeme &token) const { return text.substr(token.lo, token.hi - token.lo); }

  void step(Lexeme &token) {
    Frame &frame = frames.back();
    switch (token.type) {
    case L::IDENT:
      return word(token);
    case L::IF:
    case L::WHILE:
    case L::MATCH:
    case L::IN:
      if (token.type != L::IN)
        formInHead(token);
      beginHead(frame, token.type);
      return;
    case L::FOR:
      frame.forPattern = true;
      return;
    case L::LET:
      frame.inLet = frame.heads > 0;
      return;
    case L::EQ:
      frame.inLet = false;
      return;
    case L::FATARROW:
    case L::SEMI:
      frame.heads = 0;
      frame.inLet = frame.forPattern = false;
      return;
    case L::ELSE:
      if (previous() != L::RBRACE)
        token.type = L::ELSE_LET;
      return;
    case L::LPAREN:
      if ((previous() == L::SPAWN || previous() == L::DETACH || previous() == L::SCOPE) && type(at + 1) == L::IDENT && type(at + 2) == L::COLON)
        token.type = L::LPAREN_OPT;
      frames.push_back({false});
      return;
    case L::LBRACK:
      frames.push_back({false});
      return;
    case L::LBRACE:
      return openBrace(token);
    case L::INTERP_START:
    case L::SPEC_LBRACE:
      frames.push_back({});
      return;
    case L::RPAREN:
    case L::RBRACK:
      if (frames.size() > 1 && !frame.brace)
        frames.pop_back();
      return;
    case L::RBRACE:
    case L::SPEC_END:
      while (frames.size() > 1 && !frames.back().brace)
        frames.pop_back();
      if (frames.size() == 1)
        return;
      if (frames.back().arms && previous() != L::COMMA && previous() != L::LBRACE && previous() != L::LBRACE_BODY)
        commas.push_back(at);
      frames.pop_back();
      return;
    default:
      return;
    }
  }

  void beginHead(Frame &frame, uint32_t word) {
    ++frame.heads;
    frame.inLet = frame.forPattern = false;
    frame.lastHead = word;
  }

  void openBrace(Lexeme &token) {
    Frame &frame = frames.back();
    bool arms = previous() == L::CATCH || previous() == L::SELECT || previous() == L::KW_BIASED;
    if (frame.heads > 0 && !frame.inLet && previous() != L::CATCH && !structLiteral(token) && !blockInHead(token)) {
      arms = frame.lastHead == L::MATCH;
      frame.lastHead = 0; // one around it was told as a mistake
      --frame.heads;
      token.type = L::LBRACE_BODY;
    }
    frames.push_back({true, arms});
  }

  void insertCommas() {
    if (commas.empty())
      return;
    std::vector<Lexeme> out;
    out.reserve(tokens.size() + commas.size());
    size_t from = 0;
    for (const size_t place : commas) {
      out.insert(out.end(), tokens.begin() + static_cast<ssize_t>(from), tokens.begin() + static_cast<ssize_t>(place));
      out.push_back({L::COMMA, tokens[place - 1].hi, tokens[place - 1].hi, false});
      from = place;
    }
    out.insert(out.end(), tokens.begin() + static_cast<ssize_t>(from), tokens.end());
    tokens = std::move(out);
  }

  // `if p == Point { x: 1 } {`: no statement begins with a name and a colon. The literal is read as one, and the head goes on.
  bool structLiteral(const Lexeme &token) {
    if ((previous() != L::IDENT && previous() != L::GT) || type(at + 1) != L::IDENT || type(at + 2) != L::COLON)
      return false;
    size_t first = at - 1;
    while (first >= 2 && type(first) == L::IDENT && type(first - 1) == L::PATHSEP)
      first -= 2;
    errors.emit(errors.span(tokens[first].lo, token.hi), diag::StructInHead).help(diag::StructInHeadHelp);
    return true;
  }

  // `if unsafe { x } {`: told, and read as it was meant.
  bool blockInHead(const Lexeme &token) {
    switch (previous()) {
    case L::UNSAFE:
    case L::ASYNC:
    case L::SHIELD:
    case L::LOOP:
    case L::SCOPE:
    case L::SELECT:
    case L::MOVE:
      break;
    default:
      return false;
    }
    errors.emit(errors.span(tokens[at - 1].lo, token.hi), diag::BlockInHead).help(diag::StructInHeadHelp);
    return true;
  }

  void formInHead(const Lexeme &token) {
    if (frames.back().heads == 1 && !frames.back().inLet)
      errors.emit(errors.span(token.lo, token.hi), diag::BlockInHead).help(diag::StructInHeadHelp);
  }

  void word(Lexeme &token) {
    if (type(at + 1) == L::FN && previous() != L::DOT && (textOf(token) == "once" || textOf(token) == "shared")) {
      token.type = textOf(token) == "once" ? L::KW_ONCE : L::KW_SHARED;
      return;
    }
    if (frames.back().forPattern && previous() != L::FOR && previous() != L::AWAIT && textOf(token) == "of") {
      errors.emit(errors.span(token.lo, token.hi), diag::Unexpected, "`in`", "`of`")
          .help(diag::ReplaceHelp, "`of`", "`in`")
          .fix(errors.span(token.lo, token.hi), "in", frontend::Applicability::MachineApplicable);
      token.type = L::IN;
      return beginHead(frames.back(), L::IN);
    }
    switch (previous()) {
    case L::DOT:
    case L::PATHSEP:
    case L::STRUCT:
    case L::ENUM:
    case L::TRAIT:
    case L::FN:
    case L::SCOPE:
    case L::ARROW:
    case L::FOR:
    case L::IMPL:
      return;
    default:
      break;
    }
    const uint32_t next = type(at + 1);
    switch (next) {
    case L::LBRACE:
    case L::FN:
    case L::STRUCT:
    case L::ENUM:
    case L::STRING_START:
    case L::IDENT:
    case L::ASYNC:
    case L::UNSAFE:
      break;
    default:
      return;
    }
    const std::string_view name = textOf(token);
    const bool inHead = frames.back().heads > 0 && !frames.back().inLet;
    if (name == "stream" || name == "blocking") {
      if ((next == L::LBRACE && !inHead) || beforeFunction())
        token.type = name == "stream" ? L::KW_STREAM : L::KW_BLOCKING;
    } else if (name == "sink" || name == "deterministic") {
      if (beforeFunction())
        token.type = name == "sink" ? L::KW_SINK : L::KW_DETERMINISTIC;
    } else if (name == "copy") {
      if (next == L::STRUCT || next == L::ENUM)
        token.type = L::KW_COPY;
    } else if (name == "test" || name == "export") {
      if (next == L::STRING_START)
        token.type = name == "test" ? L::KW_TEST : L::KW_EXPORT;
    } else if (name == "biased") {
      if (previous() == L::SELECT && next == L::LBRACE)
        token.type = L::KW_BIASED;
    }
  }

  // Whether only words of a signature stand between this one and `fn`.
  bool beforeFunction() const {
    for (size_t i = at + 1; i < at + 8; ++i) {
      if (type(i) == L::FN)
        return type(i + 1) == L::IDENT;
      if (type(i) == L::IDENT) {
        const std::string_view name = textOf(tokens[i]);
        if (name != "stream" && name != "sink" && name != "blocking" && name != "deterministic")
          return false;
      } else if (type(i) != L::ASYNC && type(i) != L::UNSAFE) {
        return false;
      }
    }
    return false;
  }

  std::vector<Lexeme> &tokens;
  std::string_view text;
  Errors &errors;
  std::vector<Frame> frames;
  std::vector<size_t> commas; // the `}` in front of which one is missing
  size_t at = 0;
};

} // namespace

std::vector<Lexeme> passTokens(const std::vector<Lexeme> &lexed, std::string_view text, Errors &errors) {
  std::vector<Lexeme> tokens = Cleaner(lexed, text, errors).run();
  Retagger(tokens, text, errors).run();
  TypeScan scan(tokens);
  for (uint32_t i = 1; i < tokens.size(); ++i)
    if (tokens[i].type == L::LT && (tokens[i - 1].type == L::IDENT || tokens[i - 1].type == L::SELF_TYPE) && scan.opensTypeArguments(i))
      tokens[i].type = L::LT_TYPE;
  return tokens;
}

} // namespace async::syntax
