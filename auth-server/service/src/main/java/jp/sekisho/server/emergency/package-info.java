/**
 * What is left to do after an 緊急時の例外措置: a terminal opened a medium while it could not reach this
 * service, and its records tell of it now. The case stays 事後報告未了 until somebody reports it and
 * another person confirms the report. Nothing here opens anything.
 */
@NullMarked
package jp.sekisho.server.emergency;

import org.jspecify.annotations.NullMarked;
