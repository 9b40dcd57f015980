package jp.sekisho.protocol;

/**
 * One person's login at a terminal.
 *
 * @param person staff number
 * @param spki base64url SHA-256 of the card key's SubjectPublicKeyInfo
 * @param at ISO-8601 UTC: when card and PIN were proved last
 */
public record OnlineLogin(String person, String spki, String at) {}
