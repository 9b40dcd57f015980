package jp.sekisho.policy.source;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks what a card signed: the statement's form, that it names this certificate, and the
 * signature. Who issued the certificate is another question, which {@code sekisho-card verify-path}
 * answers.
 */
@Command(name = "verify-statement")
final class VerifyStatementCommand implements Callable<Integer> {
  private static final int MAX_STATEMENT = 64 * 1024;
  private static final int MAX_SIGNATURE = 4 * 1024;
  private static final int MAX_CERTIFICATE = 64 * 1024;

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Option(
      names = "--statement",
      required = true,
      paramLabel = "FILE",
      descriptionKey = "verify-statement.statement")
  private Path statement;

  @SuppressWarnings("NullAway.Init") // required
  @Option(
      names = "--signature",
      required = true,
      paramLabel = "FILE",
      descriptionKey = "verify-statement.signature")
  private Path signature;

  @SuppressWarnings("NullAway.Init") // required
  @Option(
      names = "--certificate",
      required = true,
      paramLabel = "FILE.der",
      descriptionKey = "verify-statement.certificate")
  private Path certificate;

  @Override
  public Integer call() {
    Output output = common.output();
    byte[] text;
    byte[] signed;
    byte[] der;
    try {
      text = InputFile.read(statement, InputStream.nullInputStream(), MAX_STATEMENT);
      signed = InputFile.read(signature, InputStream.nullInputStream(), MAX_SIGNATURE);
      der = InputFile.read(certificate, InputStream.nullInputStream(), MAX_CERTIFICATE);
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
    CardStatement read;
    try {
      read = CardStatement.parse(text);
    } catch (MalformedException e) {
      return refused(output, "STATEMENT_MALFORMED", String.valueOf(e.getMessage()));
    }
    X509Certificate parsed;
    try {
      parsed =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (!Arrays.equals(parsed.getEncoded(), der)) {
        return refused(output, "CERTIFICATE_MALFORMED", "");
      }
    } catch (CertificateException e) {
      return refused(output, "CERTIFICATE_MALFORMED", "");
    }
    if (!CardStatement.certificateHash(der).equals(read.certificate())) {
      return refused(output, "CERTIFICATE_OTHER", "");
    }
    if (SignatureVerifier.algorithm(parsed.getPublicKey()).isEmpty()) {
      return refused(output, "KEY_NOT_ACCEPTED", "");
    }
    if (!SignatureVerifier.verifies(parsed.getPublicKey(), text, signed)) {
      return refused(output, "SIGNATURE_INVALID", "");
    }
    return valid(output, read, parsed);
  }

  private static int valid(Output output, CardStatement statement, X509Certificate certificate) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("origin", statement.origin());
    fields.put("transaction", statement.transaction());
    fields.put("nonce", statement.nonce());
    fields.put("purpose", statement.purpose().text());
    fields.put("terminal", statement.terminal());
    fields.put("certificate", statement.certificate());
    fields.put("detail", statement.detail() == null ? "-" : statement.detail());
    fields.put("spki", Sha256.text(certificate.getPublicKey().getEncoded()));
    fields.put("key", certificate.getPublicKey().getAlgorithm());
    ObjectNode json = Output.object("valid");
    fields.forEach(json::put);
    output.result(
        json,
        () -> {
          output.line(output.messages().text("verify-statement.valid"));
          fields.forEach((name, value) -> output.line(name + " " + value));
          output.line(output.messages().text("verify-statement.issuer"));
        });
    return Exit.OK.code();
  }

  private static int refused(Output output, String code, String rule) {
    String text = output.messages().text("verify-statement." + code, rule);
    ObjectNode json = Output.object("refused").put("code", code).put("text", text);
    output.result(json, () -> output.line(code + ": " + text));
    return Exit.REFUSED.code();
  }
}
