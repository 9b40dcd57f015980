package jp.sekisho.server.web;

/** Who may read an organ's whole log. */
@FunctionalInterface
interface Auditors {
  /** Whether the person is an auditor of the organ now. */
  boolean audits(String person, String organ);
}
