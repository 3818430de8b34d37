/* Splits an expression into lexemes and checks that each may follow its predecessor, so that one pass
 * from left to right finds the first error. */
#ifndef SIDESTEP_EXPR_LEX_H
#define SIDESTEP_EXPR_LEX_H

#include "base/vec.h"
#include "expr/tree.h"

enum lex_kind {
	LEX_NONE, /* before the first */
	LEX_GROUP_OPEN,
	LEX_GROUP_CLOSE,
	LEX_CALL_OPEN,
	LEX_CALL_CLOSE,
	LEX_INDEX_OPEN,
	LEX_INDEX_CLOSE,
	LEX_COMMA,
	LEX_DOT,
	LEX_STAR,
	LEX_NOT,
	LEX_BINARY,
	LEX_LITERAL,
	LEX_PROPERTY,
	LEX_FUNCTION,
	LEX_NAME,
	LEX_BAD, /* not a token, or not here */
	LEX_END,
};

struct lexeme {
	enum lex_kind kind;
	struct str raw;    /* its source */
	enum expr_kind op; /* LEX_BINARY */
	struct val value;  /* LEX_LITERAL */
};

struct lexer {
	struct str text;
	size_t at;
	struct lexeme last; /* what lex_next returned before */
	struct {
		VEC(unsigned char);
	} openers;            /* kinds of what is not closed yet */
	struct arena *a;      /* for string literals */
	struct arena scratch; /* for the openers; owned */
};

/* The next lexeme; LEX_BAD when it is wrong in itself or after its predecessor. */
struct lexeme lex_next(struct lexer *lx);
/* Whether the text may end after the last lexeme. */
bool lex_may_end(const struct lexer *lx);
void lex_done(struct lexer *lx);

/* [A-Za-z_][A-Za-z0-9_-]* */
bool lex_is_keyword(struct str s);

#endif
