package jp.sekisho.agent.login;

import jp.sekisho.agent.login.CardDesk.Stay;

/**
 * A card that answered a transaction, or logged in without the service, and has been in its reader
 * ever since, at a seat that has been connected ever since. The same card out and in again is
 * another presence; a further answer of it in the same stay is not.
 *
 * @param uid user of the seat
 * @param stay the card's stay in its reader
 * @param spki base64url of the SHA-256 of the card key's SubjectPublicKeyInfo; the key signed
 */
public record LivePresence(int uid, Stay stay, String spki) {}
