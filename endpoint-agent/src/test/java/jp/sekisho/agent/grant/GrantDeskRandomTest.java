package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ExportEvent;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Events in random order, and the desk's own tasks in random order between them. The rule is
 * checked against the world itself, not against what the desk believes.
 */
class GrantDeskRandomTest {
  private static final int EVENTS = 600;
  @TempDir Path temp;
  private int stays = 100;
  private int openings;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  @DisplayName("open ⇒ card present, before the deadline, medium plugged, grant valid")
  void rule(long seed) {
    Random random = new Random(seed);
    DeskWorld world = new DeskWorld(temp.resolve("activations.json"));
    GrantOffer good = world.offer(DeskWorld.text("one"));
    GrantOffer second = world.offer(DeskWorld.text("two"));
    GrantOffer forged =
        DeskWorld.offer(
            DeskWorld.text("one"), DeskWorld.approval(DeskWorld.text("two").detail()), world.boss);
    List<GrantOffer> choices = List.of(good, second, forged);
    world.running();
    for (int i = 0; i < EVENTS; i++) {
      String event = happen(world, random, choices);
      runSome(world, random);
      if (random.nextInt(3) == 0) {
        world.settle();
        world.desk.tick();
        world.settle();
        check(world, good, second, "after " + event + ", event " + i + " of seed " + seed);
      }
    }
    assertTrue(openings > 0, "the walk never opened anything: it proves nothing");
    paired(world);
  }

  private static void runSome(DeskWorld world, Random random) {
    List<Runnable> waiting = new ArrayList<>(world.queue);
    world.queue.clear();
    java.util.Collections.shuffle(waiting, random);
    int now = waiting.isEmpty() ? 0 : random.nextInt(waiting.size() + 1);
    waiting.subList(now, waiting.size()).forEach(world.queue::add);
    waiting.subList(0, now).forEach(Runnable::run);
  }

  private String happen(DeskWorld world, Random random, List<GrantOffer> choices) {
    PluggedMedium stick = DeskWorld.stick("3-" + random.nextInt(2));
    // Coming is likelier than going, else nothing is ever open.
    int event = random.nextInt(22);
    switch (event) {
      case 0, 1, 2, 3 -> {
        if (!world.gate.plugged.contains(stick)) {
          world.plug(stick);
        }
      }
      case 4 -> world.unplug(stick);
      case 5, 6, 7, 8 -> logIn(world, random.nextInt(8) == 0 ? "other" : "clerk");
      case 9 -> List.copyOf(world.present).forEach(world::logOut);
      case 10, 11, 12 -> {
        world.service.offering(choices.get(random.nextInt(choices.size())));
        world.desk.poll();
      }
      case 13 -> {
        world.service.offering();
        world.desk.poll();
      }
      case 14 -> world.service.online = random.nextInt(4) != 0;
      case 15 -> world.service.sessions = random.nextInt(4) != 0;
      case 16 -> pass(world, Duration.ofSeconds(random.nextInt(120)));
      case 17 -> world.enforcing = random.nextInt(5) != 0;
      case 18 -> world.log.room = random.nextInt(5) == 0 ? Room.RESERVE : Room.PLENTY;
      case 19 -> world.gate.failure = random.nextInt(5) == 0 ? Refusal.MEDIUM_UNUSABLE : null;
      case 20 -> {
        if (world.service.online) {
          world.serverClock.heard(world.service.now());
        }
      }
      default -> world.desk.tick();
    }
    return Integer.toString(event);
  }

  private static void pass(DeskWorld world, Duration time) {
    world.sinceBoot = world.sinceBoot.plus(time);
    world.wall.advance(time);
  }

  private void logIn(DeskWorld world, String card) {
    world.present.clear();
    world.desk.tick();
    LivePresence who = DeskWorld.presence(1001, stays++, card);
    world.present.add(who);
    world.desk.tick();
    world.desk.poll();
  }

  private void check(DeskWorld world, GrantOffer good, GrantOffer second, String when) {
    if (!world.isOpen()) {
      return;
    }
    openings++;
    assertTrue(world.gate.mounted.size() == 1, "one medium, " + when);
    assertTrue(world.gate.plugged.containsAll(world.gate.mounted), "plugged, " + when);
    assertTrue(
        world.present.size() == 1
            && world.present.get(0).spki().equals(DeskWorld.CLERK_HERE.spki()),
        "the clerk's card, " + when);
    assertTrue(world.enforcing && world.log.room == Room.PLENTY, "gates and records, " + when);
    OpenGrant open = world.desk.open().get(0);
    boolean valid =
        world.service.told.stream()
            .anyMatch(offer ->
                (offer.equals(good) || offer.equals(second)) && offer.grant().equals(open.grant()));
    assertTrue(valid, "a verified grant of the newest list, " + when);
    Instant activated =
        Instant.parse(
            java.util.Objects.requireNonNull(world.service.activations.get(open.grant()))
                .serverTime());
    assertTrue(
        world.service.now().isBefore(activated.plus(Duration.ofMinutes(30))),
        "before its deadline, " + when);
  }

  /** Each opening has its closing before the next, whatever the order of things was. */
  private static void paired(DeskWorld world) {
    world.present.clear();
    world.desk.tick();
    world.settle();
    int open = 0;
    for (AgentEvent event : world.log.events) {
      open +=
          event instanceof ExportEvent.Opened ? 1 : event instanceof ExportEvent.Closed ? -1 : 0;
      assertTrue(open == 0 || open == 1, "openings and closings alternate");
    }
    assertTrue(open == 0, "what was opened was closed");
  }
}
