package jp.sekisho.audit.witness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.published.WholeAnswer;

/**
 * Asks a witness over HTTP for its cosignature (C2SP tlog-witness, {@code add-checkpoint}). What it
 * sends back is not believed: whoever asks opens the note with the witness's key. Thread-safe.
 */
public final class WitnessClient {
  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,18})\\n");
  private static final int MOST = 4096;

  private final HttpClient http;
  private final Duration patience;

  /**
   * @param patience for the whole answer, header and body
   */
  public WitnessClient(Duration patience) {
    this.patience = patience;
    this.http = HttpClient.newBuilder().connectTimeout(patience).build();
  }

  /** What came back. */
  public sealed interface Answer {
    /** The note as sent, with the lines the witness added; not verified. */
    record Cosigned(SignedNote note) implements Answer {}

    /** The witness holds a checkpoint of another size than the request starts from. */
    record Holds(long size) implements Answer {}

    /** It refused: not a matter of trying again at once. */
    record Refused(int status) implements Answer {}
  }

  /**
   * Sends one request.
   *
   * @param prefix of the witness, without {@code /add-checkpoint}
   * @throws IOException when no answer of the specified form came
   */
  public Answer ask(URI prefix, WitnessRequest request) throws IOException {
    String base = prefix.toString();
    URI uri = URI.create((base.endsWith("/") ? base : base + "/") + "add-checkpoint");
    HttpRequest post =
        HttpRequest.newBuilder(uri)
            .timeout(patience)
            .POST(BodyPublishers.ofByteArray(request.toBytes()))
            .build();
    HttpResponse<byte[]> response = WholeAnswer.of(http, post, MOST, patience);
    byte[] body = response.body();
    if (body.length > MOST) {
      throw new IOException("the witness's answer is longer than " + MOST + " bytes");
    }
    return switch (response.statusCode()) {
      case 200 -> cosigned(request.note(), body);
      case 409 -> holds(new String(body, StandardCharsets.US_ASCII));
      default -> new Answer.Refused(response.statusCode());
    };
  }

  private static Answer cosigned(SignedNote note, byte[] lines) throws IOException {
    byte[] sent = note.toBytes();
    byte[] all = new byte[sent.length + lines.length];
    System.arraycopy(sent, 0, all, 0, sent.length);
    System.arraycopy(lines, 0, all, sent.length, lines.length);
    try {
      SignedNote read = SignedNote.parse(all);
      if (!read.text().equals(note.text())) {
        throw new IOException("the witness's answer is no signature line");
      }
      return new Answer.Cosigned(read);
    } catch (FormatException e) {
      throw new IOException("the witness's answer is no signature line", e);
    }
  }

  private static Answer holds(String body) throws IOException {
    if (!SIZE.matcher(body).matches()) {
      throw new IOException("the witness's answer is no size");
    }
    try {
      return new Answer.Holds(Long.parseLong(body.strip()));
    } catch (NumberFormatException e) {
      throw new IOException("the witness's answer is no size", e);
    }
  }
}
