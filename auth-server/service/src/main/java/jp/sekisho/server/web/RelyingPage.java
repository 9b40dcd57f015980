package jp.sekisho.server.web;

/**
 * The page where a person proves a passkey to another system, and goes back there.
 *
 * @param transaction the question
 * @param back where the answer is posted
 */
public record RelyingPage(Frame frame, String transaction, String back) {}
