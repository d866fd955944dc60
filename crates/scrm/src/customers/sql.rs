//! Statements on customers.

use store::statements;

statements! {}
