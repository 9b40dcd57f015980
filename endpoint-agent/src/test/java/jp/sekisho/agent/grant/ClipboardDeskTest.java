package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.enforce.clipboard.CopyGrants.Counted;
import jp.sekisho.agent.enforce.clipboard.CopyGrants.InUse;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ClipboardEvent;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Bounds;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies over boundaries under a grant: who may, how much, until when. */
class ClipboardDeskTest {
  private static final int UID = 1001;
  private static final long APPROVED = 10_000;

  @TempDir Path temp;

  private DeskWorld world;
  private ClipboardDesk desk;
  private final List<AgentEvent> records = new CopyOnWriteArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicBoolean gone = new AtomicBoolean();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final SettingValues.Builder rules = new SettingValues.Builder();
  private ExportGrant text;

  @BeforeEach
  void terminal() {
    world = new DeskWorld(temp.resolve("activations.json"));
    put(UsbSettings.MEDIA, List.of(UsbSettings.EVERY_REGISTERED));
    put(GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ, GrantCapability.CLIPBOARD));
    put(GrantSettings.SECOND_APPROVER, List.of());
    put(GrantSettings.ATTENDANT, List.of());
    put(GrantSettings.FIELDS, List.of());
    put(GrantSettings.MOST_FILES, 3);
    put(GrantSettings.MOST_DATA, new DataSize(1 << 20));
    Policy policy =
        SignedSet.policy(
            List.of(new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki)), rules.build());
    Map<String, String> roster =
        Map.of(
            Sha256.text(DeskWorld.bytes("clerk")),
            DeskWorld.CLERK,
            Sha256.text(DeskWorld.bytes("other")),
            "S-2000");
    world.trust =
        new GrantTrust.Now.InForce(new GrantTrust(policy, new Roster(roster), Set.of(), true));
    world.serverClock.heard(world.service.now());
    text = text(APPROVED);
    world.service.offering(world.offer(text));
    world.service.sessions = true;
    world.present.add(DeskWorld.CLERK_HERE);
    desk = newDesk();
    desk.start(null);
  }

  @AfterEach
  void stop() {
    desk.close();
  }

  private <T> void put(Setting<T> setting, T value) {
    rules.put(setting, SignedSet.rule(setting.path(), value));
  }

  private static ExportGrant text(long bytes) {
    ExportGrant read = DeskWorld.text("out");
    return new ExportGrant(
        read.request(),
        read.organ(),
        read.person(),
        read.terminal(),
        Capability.CLIPBOARD,
        null,
        null,
        read.reason(),
        read.document(),
        read.legalBasis(),
        read.providedTo(),
        read.subjects(),
        read.start(),
        read.end(),
        read.minutes(),
        null,
        new Bounds(0, bytes));
  }

  private ClipboardDesk newDesk() {
    return new ClipboardDesk(
        new GrantDesk.Self(DeskWorld.TERMINAL, DeskWorld.ORGAN, world.boot),
        new GrantDesk.Parts(
            world.gate,
            () -> List.copyOf(world.present),
            () -> world.trust,
            world.service,
            new Records() {
              @Override
              public void append(AgentEvent event) throws SpoolException {
                if (world.log.broken) {
                  throw new SpoolException(SpoolException.Code.SPOOL_FAILED, "scripted");
                }
                records.add(event);
              }

              @Override
              public Room room() {
                return world.log.room;
              }
            },
            () -> List.of(DeskWorld.ORIGIN),
            () -> world.active,
            () -> world.enforcing),
        new GrantDesk.Clocks(world.bootClock, world.serverClock, world.wall),
        temp.resolve("clipboard-activations.json"),
        temp.resolve("clipboard-counts.json"),
        new SecureRandom(),
        changes::incrementAndGet);
  }

  private final ClipboardDesk.Asker asker =
      new ClipboardDesk.Asker() {
        @Override
        public void open(int minutes, long bytes) {
          opened.countDown();
        }

        @Override
        public boolean gone() {
          return gone.get();
        }
      };

  /** Somebody uses it, on a thread of their own. */
  private CompletableFuture<ClipboardDesk.Outcome> inUse() throws Exception {
    CompletableFuture<ClipboardDesk.Outcome> outcome =
        CompletableFuture.supplyAsync(() -> desk.use(UID, text.request(), asker));
    while (!opened.await(20, TimeUnit.MILLISECONDS)) {
      assertFalse(outcome.isDone(), () -> outcome.join().toString());
    }
    return outcome;
  }

  private @Nullable Refusal refused() {
    return desk.use(UID, text.request(), asker).refusal();
  }

  private InUse use() {
    return desk.inUse(UID).orElseThrow();
  }

  @Test
  @DisplayName("opened durably, counted durably up to the bytes of the text, closed with what went")
  void used() throws Exception {
    var outcome = inUse();
    assertEquals(
        new ClipboardEvent.Opened(
            text.request(),
            DeskWorld.CLERK,
            ((ClipboardEvent.Opened) records.get(0)).approval(),
            Objects.requireNonNull(world.service.activations.get(text.request())).deadline(),
            APPROVED),
        records.get(0));
    assertEquals(1, changes.get());
    assertTrue(desk.inUse(UID + 1).isEmpty(), "another person at the terminal");
    assertEquals(Counted.COUNTED, use().count(6_000));
    assertEquals(Counted.OVER, use().count(4_001));
    assertEquals(Counted.COUNTED, use().count(4_000));
    assertEquals(Counted.OVER, use().count(1));
    gone.set(true);
    assertEquals(
        new ClipboardDesk.Outcome(null, Cause.ENDED, 2, APPROVED),
        outcome.get(20, TimeUnit.SECONDS));
    assertEquals(
        new ClipboardEvent.Closed(text.request(), Cause.ENDED, 2, APPROVED), records.get(1));
    assertTrue(desk.inUse(UID).isEmpty());
    assertEquals(2, changes.get());
    // All of it is used up, also for a later process of the agent.
    assertEquals(Refusal.CLIPBOARD_OVER, refused());
    desk = newDesk();
    assertEquals(Refusal.CLIPBOARD_OVER, refused());
  }

  @Test
  @DisplayName(
      "the card out, a revocation, the deadline, the gates, the policy: each ends it at once")
  void ends() throws Exception {
    List<Runnable> ways =
        List.of(
            () -> world.present.clear(),
            () -> world.present.add(DeskWorld.presence(1001, 2, "other")),
            () -> world.active = false,
            () -> world.enforcing = false,
            () -> world.trust = new GrantTrust.Now.None(Refusal.POLICY_EXPIRED),
            () -> world.log.room = Room.RESERVE,
            () -> world.sinceBoot = world.sinceBoot.plusMinutes(30));
    List<Cause> causes =
        List.of(
            Cause.CARD_REMOVED,
            Cause.SEAT_LOST,
            Cause.REVOKED,
            Cause.NOT_ENFORCING,
            Cause.POLICY_EXPIRED,
            Cause.RECORDS_FULL,
            Cause.DEADLINE);
    for (int i = 0; i < ways.size(); i++) {
      GrantTrust.Now trust = world.trust;
      ClipboardDesk.Outcome outcome = endedBy(ways.get(i));
      assertEquals(causes.get(i), outcome.cause());
      assertTrue(desk.inUse(UID).isEmpty());
      world.present.clear();
      world.present.add(DeskWorld.CLERK_HERE);
      world.active = true;
      world.enforcing = true;
      world.trust = trust;
      world.log.room = Room.PLENTY;
    }
  }

  private ClipboardDesk.Outcome endedBy(Runnable way) throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    CompletableFuture<ClipboardDesk.Outcome> outcome =
        CompletableFuture.supplyAsync(() ->
            desk.use(
                UID,
                text.request(),
                new ClipboardDesk.Asker() {
                  @Override
                  public void open(int minutes, long bytes) {
                    open.countDown();
                  }

                  @Override
                  public boolean gone() {
                    return false;
                  }
                }));
    while (!open.await(20, TimeUnit.MILLISECONDS)) {
      assertFalse(outcome.isDone(), () -> outcome.join().toString());
    }
    InUse use = use();
    ClipboardDesk lock = desk;
    synchronized (lock) {
      way.run();
    }
    desk.tick();
    // Also a paste that was on its way then is too late.
    assertEquals(Counted.NOT, use.count(1));
    return outcome.get(20, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("no longer offered: ended with the next list")
  void revoked() throws Exception {
    var outcome = inUse();
    world.service.offering();
    desk.poll();
    assertEquals(Cause.REVOKED, outcome.get(20, TimeUnit.SECONDS).cause());
  }

  @Test
  @DisplayName("a paste asks for the rule itself: what no tick saw yet is too late all the same")
  void askedAgain() throws Exception {
    var outcome = inUse();
    InUse use = use();
    ClipboardDesk lock = desk;
    synchronized (lock) {
      world.present.clear();
      assertEquals(Counted.NOT, use.count(1));
    }
    assertEquals(Cause.CARD_REMOVED, outcome.get(20, TimeUnit.SECONDS).cause());
  }

  @Test
  @DisplayName(
      "refused: no service, no card, another's card, another capability, no gates, no records, twice")
  void refusals() throws Exception {
    world.service.online = false;
    assertEquals(Refusal.SERVER_UNREACHABLE, refused());
    world.service.online = true;
    world.present.clear();
    assertEquals(Refusal.GRANT_NO_SESSION, refused());
    world.present.add(DeskWorld.presence(1001, 2, "other"));
    assertEquals(Refusal.GRANT_OTHER_CARD, refused());
    world.present.clear();
    world.present.add(DeskWorld.CLERK_HERE);
    world.enforcing = false;
    assertEquals(Refusal.NOT_ENFORCING, refused());
    world.enforcing = true;
    world.log.room = Room.RESERVE;
    assertEquals(Refusal.RECORDS_FULL, refused());
    world.log.room = Room.PLENTY;
    world.log.broken = true;
    assertEquals(Refusal.RECORDS_FULL, refused());
    world.log.broken = false;
    ExportGrant read = DeskWorld.text("read");
    world.service.offering(world.offer(text), world.offer(read));
    assertEquals(Refusal.GRANT_CAPABILITY, desk.use(UID, read.request(), asker).refusal());
    assertEquals(Refusal.GRANT_UNKNOWN, desk.use(UID, "AAAAAAAAAAAAAAAAAAAAAA", asker).refusal());
    assertEquals(
        List.of(
            new ExportEvent.Refused(text.request(), null, Refusal.SERVER_UNREACHABLE),
            new ExportEvent.Refused(text.request(), null, Refusal.GRANT_NO_SESSION),
            new ExportEvent.Refused(text.request(), null, Refusal.GRANT_OTHER_CARD),
            new ExportEvent.Refused(text.request(), null, Refusal.NOT_ENFORCING),
            new ExportEvent.Refused(read.request(), null, Refusal.GRANT_CAPABILITY),
            new ExportEvent.Refused("AAAAAAAAAAAAAAAAAAAAAA", null, Refusal.GRANT_UNKNOWN)),
        records);
    records.clear();
    var outcome = inUse();
    assertEquals(Refusal.EXPORT_RUNNING, refused());
    desk.close();
    assertEquals(Cause.AGENT_STOPPED, outcome.get(20, TimeUnit.SECONDS).cause());
  }

  @Test
  @DisplayName(
      "whoever has no login here has the terminal ask nobody, and is recorded until too often")
  void strangers() {
    int asked = world.service.lists;
    for (int i = 0; i < ClipboardDesk.MOST_ASKED; i++) {
      assertEquals(Refusal.GRANT_NO_SESSION, desk.use(3000 + i, text.request(), asker).refusal());
    }
    for (int i = 0; i < 5; i++) {
      assertEquals(Refusal.TOO_MANY, desk.use(4000 + i, text.request(), asker).refusal());
    }
    assertEquals(asked, world.service.lists);
    assertEquals(ClipboardDesk.MOST_ASKED + 1, records.size());
    assertEquals(
        new ExportEvent.Refused(null, null, Refusal.TOO_MANY), records.get(records.size() - 1));
  }

  @Test
  @DisplayName("an agent that was killed says at its next start that it is over")
  void killed() throws Exception {
    var outcome = inUse();
    ClipboardDesk next = newDesk();
    next.start(null);
    assertEquals(
        new ClipboardEvent.Closed(text.request(), Cause.AGENT_KILLED, 0, 0),
        records.get(records.size() - 1));
    gone.set(true);
    outcome.get(20, TimeUnit.SECONDS);
  }
}
