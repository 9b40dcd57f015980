package jp.sekisho.agent.grant;

import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import jp.sekisho.agent.enforce.WritableMedium;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.export.FileExport;
import jp.sekisho.agent.export.Form;
import jp.sekisho.agent.export.NotExported;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.Recipients;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.login.Attempts;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.ExportEvent.Algorithm;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.ExportGrant.Export;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of a clerk to the medium of a grant (持ち出し). Whether and for how long, {@link
 * GrantDesk} says; which files, in which form and for whom, this does by the signed text and the
 * signed policy. Nothing the clerk's process says is believed. Thread-safe.
 *
 * <p>Of each file: its name and size are held against the text; it is counted, durably; each part
 * is written, read back and recorded, durably, and only then said to have been written.
 */
public final class ExportDesk {
  /** Questions of one user within {@link #WINDOW}: each may be a record. */
  static final int MOST_ASKED = 30;

  static final Duration WINDOW = Duration.ofMinutes(10);

  /** What an envelope needs beside the content: recipients, tags, lengths of pieces. */
  private static final long ENVELOPE = 64 * 1024;

  private static final System.Logger LOG = System.getLogger(ExportDesk.class.getName());

  private final GrantDesk grants;
  private final Records records;
  private final ExportCounts.Kept counts;
  private final SecureRandom random;
  private final IntFunction<Optional<Seat>> seats;
  private final Attempts attempts;

  /**
   * @param grants the desk of the same terminal
   * @param seats the seat of a user who is at the screen
   */
  public ExportDesk(
      GrantDesk grants,
      Records records,
      ExportCounts.Kept counts,
      SecureRandom random,
      BootClock clock,
      IntFunction<Optional<Seat>> seats) {
    this.grants = grants;
    this.records = records;
    this.counts = counts;
    this.random = random;
    this.seats = seats;
    this.attempts = new Attempts(clock, MOST_ASKED, WINDOW);
  }

  /**
   * Writes what {@code files} hands over. Blocks until the medium is shut again.
   *
   * @param uid user who asks, as the kernel says
   * @param grant id
   */
  public ExportOutcome export(int uid, String grant, ClerkFiles files) {
    Optional<Seat> seat = seats.apply(uid);
    switch (attempts.add(seat.isEmpty() ? Attempts.WITHOUT_SEAT : uid)) {
      case GOOD -> {}
      case FIRST_TOO_MANY -> {
        return refuse(Refusal.TOO_MANY);
      }
      case TOO_MANY -> {
        return new ExportOutcome(Refusal.TOO_MANY, 0);
      }
    }
    if (seat.isEmpty()) {
      return refuse(Refusal.PEER_FOREIGN);
    }
    try {
      return export(uid, grant, files, counts.counts());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "counts of exports are not readable", e);
      return refuse(Refusal.EXPORT_COUNTS);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "an export failed unexpectedly", e);
      return refuse(Refusal.INTERNAL);
    }
  }

  private ExportOutcome export(int uid, String grant, ClerkFiles files, ExportCounts known) {
    try (Run run = new Run(files, known)) {
      Refusal refusal = grants.carry(grant, uid, run);
      return new ExportOutcome(refusal, run.whole);
    }
  }

  /** What refuses anybody must not use up the room for what was done. */
  private ExportOutcome refuse(Refusal reason) {
    if (records.room() == Room.PLENTY) {
      var unused = record(new ExportEvent.Refused(null, null, reason));
    }
    return new ExportOutcome(reason, 0);
  }

  private boolean record(ExportEvent event) {
    try {
      records.append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  /** One export. */
  private final class Run implements Writing, AutoCloseable {
    private final ClerkFiles source;
    private final ExportCounts known;
    private @Nullable ExportGrant text;
    private @Nullable Form form;
    private @Nullable Passphrase passphrase;
    private Algorithm algorithm = Algorithm.NONE;
    private List<String> certificates = List.of();
    private int whole;
    private int fileNumber;
    private int partNumber;

    Run(ClerkFiles source, ExportCounts known) {
      this.source = source;
      this.known = known;
    }

    @Override
    public @Nullable Refusal prepare(ApprovedGrant grant, GrantTrust trust) {
      ExportGrant granted = grant.text();
      Export export = granted.export();
      if (export == null) {
        return Refusal.GRANT_CAPABILITY;
      }
      text = granted;
      if (granted.capability() == Capability.EXPORT_PLAIN) {
        form = new Form.Plain();
        return null;
      }
      List<RecipientCertificate> all = certificates(export.recipient(), trust);
      return all.isEmpty() ? byPassphrase() : byCertificates(all);
    }

    @Override
    public boolean isFor(GrantTrust trust) {
      Export export = granted().export();
      return form instanceof Form.Plain
          || (export != null
              && Set.copyOf(fingerprints(certificates(export.recipient(), trust)))
                  .equals(Set.copyOf(certificates)));
    }

    private @Nullable Refusal byPassphrase() {
      Passphrase made = Passphrase.make(random);
      passphrase = made;
      algorithm = Algorithm.CMS_PASSPHRASE;
      form = new Form.Encrypted(new Recipients.ByPassphrase(made));
      return source.show(made) ? null : Refusal.EXPORT_PASSPHRASE;
    }

    private @Nullable Refusal byCertificates(List<RecipientCertificate> all) {
      List<X509Certificate> keys = all.stream().map(RecipientCertificate::x509).toList();
      algorithm = Algorithm.CMS_CERTIFICATE;
      certificates = fingerprints(all);
      try {
        form = new Form.Encrypted(new Recipients.Certificates(keys));
        return null;
      } catch (IllegalArgumentException e) {
        LOG.log(System.Logger.Level.ERROR, "a recipient's certificate has an unusable key", e);
        return Refusal.EXPORT_RECIPIENT_KEY;
      }
    }

    @Override
    public @Nullable Refusal write(WritableMedium medium, BooleanSupplier wanted) {
      Refusal reason;
      try {
        while (true) {
          fileNumber = 0;
          partNumber = 0;
          goOn(wanted);
          Optional<ClerkFiles.Offered> next = source.next();
          if (next.isEmpty()) {
            return null;
          }
          write(medium, next.get(), wanted);
          whole++;
        }
      } catch (NotExported e) {
        LOG.log(System.Logger.Level.WARNING, "not exported", e);
        reason = e.reason();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "nobody hands files over", e);
        reason = Refusal.EXPORT_SOURCE;
      }
      if (!wanted.getAsBoolean()) {
        reason = Refusal.EXPORT_BROKEN_OFF;
      }
      String grant = granted().request();
      var unused = record(new ExportEvent.Failed(grant, fileNumber, partNumber, reason));
      return reason;
    }

    private void write(WritableMedium medium, ClerkFiles.Offered file, BooleanSupplier wanted)
        throws NotExported {
      goOn(wanted);
      Form as = form;
      Export export = granted().export();
      if (as == null || export == null) {
        throw new NotExported(Refusal.INTERNAL);
      }
      boolean plain = as instanceof Form.Plain;
      if (!Names.isFile(file.name()) || (plain && !export.names().contains(file.name()))) {
        throw new NotExported(Refusal.EXPORT_NAME);
      }
      String name;
      try {
        if (file.bytes() > medium.free() - ENVELOPE - file.bytes() / 512) {
          // Seen before it is counted: another medium, or a tidied one, can still have it.
          throw new NotExported(Refusal.EXPORT_MEDIUM);
        }
        fileNumber = known.begin(granted(), file.bytes());
        if (fileNumber == 0) {
          throw new NotExported(Refusal.EXPORT_OVER);
        }
        name = known.nameInLog(granted(), file.name());
      } catch (NotExported e) {
        throw e;
      } catch (IOException e) {
        throw new NotExported(Refusal.EXPORT_COUNTS, e);
      }
      FileExport exported = new FileExport(source, file, as, random);
      while (!exported.isWhole()) {
        goOn(wanted);
        partNumber = exported.part() + 1;
        exported.next(medium, plain ? file.name() : envelope(), part -> confirm(part, name));
      }
    }

    private String envelope() throws NotExported {
      try {
        byte[] id = Base64Url.decode(granted().request(), 16);
        String shortId = HexFormat.of().withUpperCase().formatHex(id, 0, 4);
        return FileExport.envelopeName(shortId, known.nextPart(granted()));
      } catch (MalformedException | IOException e) {
        throw new NotExported(Refusal.EXPORT_COUNTS, e);
      }
    }

    private void confirm(WrittenPart part, String name) throws NotExported {
      boolean durable =
          record(
              new ExportEvent.Written(
                  granted().request(),
                  Objects.requireNonNull(granted().medium()),
                  fileNumber,
                  part.part(),
                  part.content(),
                  part.bytes(),
                  part.sha256(),
                  name,
                  algorithm,
                  certificates));
      if (!durable) {
        throw new NotExported(Refusal.RECORDS_FULL);
      }
      source.written(part);
    }

    private ExportGrant granted() {
      ExportGrant known = text;
      if (known == null) {
        throw new IllegalStateException("written before it was prepared");
      }
      return known;
    }

    @Override
    public void breakOff() {
      source.breakOff();
    }

    @Override
    public void close() {
      if (passphrase != null) {
        passphrase.close();
      }
    }
  }

  private static List<RecipientCertificate> certificates(String recipient, GrantTrust trust) {
    return trust.policy().more().value(GrantSettings.RECIPIENT_CERTIFICATES).stream()
        .filter(each -> each.recipient().equals(recipient))
        .toList();
  }

  private static List<String> fingerprints(List<RecipientCertificate> all) {
    return all.stream().map(RecipientCertificate::fingerprint).toList();
  }

  private static void goOn(BooleanSupplier wanted) throws NotExported {
    if (!wanted.getAsBoolean()) {
      throw new NotExported(Refusal.EXPORT_BROKEN_OFF);
    }
  }
}
