package jp.sekisho.agent.export;

/**
 * One part of a file as it stands on the medium.
 *
 * @param name of the part there
 * @param part which part of its file: 1 for the first
 * @param content bytes of the file that are in it
 * @param bytes how many stand on the medium
 * @param sha256 base64url of the SHA-256 of these, as read back from the medium
 */
public record WrittenPart(String name, int part, long content, long bytes, String sha256) {}
