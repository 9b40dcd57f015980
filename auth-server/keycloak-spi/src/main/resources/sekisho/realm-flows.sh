#!/bin/sh
# Brings the flows of sekisho/realm-city.json, and what they need, into a realm that is there already. Binds nothing:
# docs/keycloak.md, "An existing realm". In Keycloak's directory, some minutes:
#   bin/kcadm.sh config credentials --server https://sso.city.example --realm master --user ADMIN
#   sh realm-flows.sh REALM [SUFFIX]
# SUFFIX, such as -2, stands behind each name: an upgrade makes new flows beside those that are in use.
# Ends at the first thing that fails. Then remove the top-level flows that it made, and begin again.
set -eu
kcadm=${KCADM:-bin/kcadm.sh}
realm=${1:?"usage: sh realm-flows.sh REALM [SUFFIX]"}
suffix=${2:-}
ids=$(mktemp)
trap 'rm -f "$ids"' EXIT

id_of() { awk -F'|' -v name="$1" '$1 == name { print $2 }' "$ids"; }

make() { "$kcadm" create "authentication/$1" -r "$realm" -b "$2" -i </dev/null; }

# Levels, events and the way round by passwords come first: without them a flow lets in what it should not.
"$kcadm" update "realms/$realm" -s 'attributes."acr.loa.map"="{\"password\": \"1\", \"passkey\": \"2\", \"card\": \"3\"}"' \
  -s eventsEnabled=true -s eventsExpiration=7776000 -s adminEventsEnabled=true -s adminEventsDetailsEnabled=true \
  -s registrationAllowed=false -s resetPasswordAllowed=false -s rememberMe=false -s editUsernameAllowed=false \
  -s bruteForceProtected=true -s accessTokenLifespan=60
for kind in profiles policies; do
  case $("$kcadm" get "client-policies/$kind" -r "$realm" --fields "$kind(name)" | tr -d ' \n') in
    *'"name":"sekisho"'*) ;;
    *'"name"'*) echo "the realm has client $kind of its own: add sekisho's by hand, from realm-city.json" >&2 ;;
    *) "$kcadm" update "client-policies/$kind" -r "$realm" -b "$(sed -n "s/^$kind|//p" "$0")" ;;
  esac
done

while IFS='|' read -r kind name second third alias config; do
  case $kind in
    flow)
      id=$(make flows "{\"alias\":\"$name$suffix\",\"topLevel\":$second,\"description\":\"$third\",\"providerId\":\"basic-flow\",\"builtIn\":false}")
      echo "$name|$id" >>"$ids"
      if [ "$second" = true ]; then echo "flow $name$suffix: $id"; fi
      ;;
    sub)
      make executions "{\"parentFlow\":\"$(id_of "$name")\",\"requirement\":\"$second\",\"authenticatorFlow\":true,\"flowId\":\"$(id_of "$third")\"}" >/dev/null
      ;;
    step)
      id=$(make executions "{\"parentFlow\":\"$(id_of "$name")\",\"requirement\":\"$second\",\"authenticatorFlow\":false,\"authenticator\":\"$third\"}")
      if [ -n "$alias" ]; then make "executions/$id/config" "{\"alias\":\"$alias$suffix\",\"config\":$config}" >/dev/null; fi
      ;;
  esac
done <<'FLOWS'
flow|sekisho card|true|Staff card and PIN for everything; nothing beside it
flow|sekisho card - session or login|false|
flow|sekisho card - levels of other flows|false|Never runs: Keycloak reads here how long a level of another flow lasts
flow|sekisho card - login|false|
flow|sekisho card - level 3|false|
flow|sekisho step-up|true|Password for level 1 (acr password), staff card and PIN for level 3 (acr card)
flow|sekisho step-up - session or login|false|
flow|sekisho step-up - levels of other flows|false|Never runs: Keycloak reads here how long a level of another flow lasts
flow|sekisho step-up - login|false|
flow|sekisho step-up - level 1|false|
flow|sekisho step-up - level 3|false|
flow|sekisho terminal|true|Staff card and PIN, at an enrolled terminal whose gates hold; asked at each application
flow|sekisho terminal - levels of other flows|false|Never runs: Keycloak reads here how long a level of another flow lasts
flow|sekisho terminal - login|false|
flow|sekisho terminal - card|false|
flow|sekisho terminal - level 3|false|
flow|sekisho terminal - state|false|
flow|sekisho passkey|true|A passkey registered in Sekisho, or what is stronger
flow|sekisho passkey - session or login|false|
flow|sekisho passkey - levels of other flows|false|Never runs: Keycloak reads here how long a level of another flow lasts
flow|sekisho passkey - login|false|
flow|sekisho passkey - level 2|false|
step|sekisho card|REQUIRED|sekisho-level|sekisho card - least|{"sekisho.level":"3"}
sub|sekisho card|REQUIRED|sekisho card - session or login
sub|sekisho card|DISABLED|sekisho card - levels of other flows
step|sekisho card - session or login|ALTERNATIVE|auth-cookie||
sub|sekisho card - session or login|ALTERNATIVE|sekisho card - login
step|sekisho card - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho card - level 1 elsewhere|{"loa-condition-level":"1","loa-max-age":"36000"}
step|sekisho card - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho card - level 2 elsewhere|{"loa-condition-level":"2","loa-max-age":"36000"}
sub|sekisho card - login|CONDITIONAL|sekisho card - level 3
step|sekisho card - level 3|REQUIRED|conditional-level-of-authentication|sekisho card - level 3|{"loa-condition-level":"3","loa-max-age":"36000"}
step|sekisho card - level 3|REQUIRED|sekisho-card|sekisho card|{"sekisho.attribute":"staffNumber","sekisho.low":"false","default.reference.value":"sc","default.reference.maxAge":"36000"}
step|sekisho step-up|REQUIRED|sekisho-level|sekisho step-up - least|{"sekisho.level":"1"}
sub|sekisho step-up|REQUIRED|sekisho step-up - session or login
sub|sekisho step-up|DISABLED|sekisho step-up - levels of other flows
step|sekisho step-up - session or login|ALTERNATIVE|auth-cookie||
sub|sekisho step-up - session or login|ALTERNATIVE|sekisho step-up - login
step|sekisho step-up - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho step-up - level 2 elsewhere|{"loa-condition-level":"2","loa-max-age":"36000"}
sub|sekisho step-up - login|CONDITIONAL|sekisho step-up - level 1
sub|sekisho step-up - login|CONDITIONAL|sekisho step-up - level 3
step|sekisho step-up - level 1|REQUIRED|conditional-level-of-authentication|sekisho step-up - level 1|{"loa-condition-level":"1","loa-max-age":"36000"}
step|sekisho step-up - level 1|REQUIRED|auth-username-password-form|sekisho step-up - password|{"default.reference.value":"pwd","default.reference.maxAge":"36000"}
step|sekisho step-up - level 3|REQUIRED|conditional-level-of-authentication|sekisho step-up - level 3|{"loa-condition-level":"3","loa-max-age":"0"}
step|sekisho step-up - level 3|REQUIRED|sekisho-card|sekisho step-up - card|{"sekisho.attribute":"staffNumber","sekisho.low":"false","default.reference.value":"sc","default.reference.maxAge":"36000"}
step|sekisho terminal|REQUIRED|sekisho-level|sekisho terminal - least|{"sekisho.level":"3"}
sub|sekisho terminal|REQUIRED|sekisho terminal - login
sub|sekisho terminal|CONDITIONAL|sekisho terminal - state
sub|sekisho terminal|DISABLED|sekisho terminal - levels of other flows
step|sekisho terminal - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho terminal - level 1 elsewhere|{"loa-condition-level":"1","loa-max-age":"36000"}
step|sekisho terminal - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho terminal - level 2 elsewhere|{"loa-condition-level":"2","loa-max-age":"36000"}
step|sekisho terminal - login|ALTERNATIVE|auth-cookie||
sub|sekisho terminal - login|ALTERNATIVE|sekisho terminal - card
sub|sekisho terminal - card|CONDITIONAL|sekisho terminal - level 3
step|sekisho terminal - level 3|REQUIRED|conditional-level-of-authentication|sekisho terminal - level 3|{"loa-condition-level":"3","loa-max-age":"36000"}
step|sekisho terminal - level 3|REQUIRED|sekisho-card|sekisho terminal - card|{"sekisho.attribute":"staffNumber","sekisho.low":"false","default.reference.value":"sc","default.reference.maxAge":"36000"}
step|sekisho terminal - state|REQUIRED|sekisho-terminal-state|sekisho terminal - not enforcing|{"sekisho.when":"not-enforcing"}
step|sekisho terminal - state|REQUIRED|deny-access-authenticator|sekisho terminal - refused|{"denyErrorMessage":"sekishoTerminalRefused"}
step|sekisho passkey|REQUIRED|sekisho-level|sekisho passkey - least|{"sekisho.level":"2"}
sub|sekisho passkey|REQUIRED|sekisho passkey - session or login
sub|sekisho passkey|DISABLED|sekisho passkey - levels of other flows
step|sekisho passkey - session or login|ALTERNATIVE|auth-cookie||
sub|sekisho passkey - session or login|ALTERNATIVE|sekisho passkey - login
step|sekisho passkey - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho passkey - level 1 elsewhere|{"loa-condition-level":"1","loa-max-age":"36000"}
step|sekisho passkey - levels of other flows|REQUIRED|conditional-level-of-authentication|sekisho passkey - level 3 elsewhere|{"loa-condition-level":"3","loa-max-age":"36000"}
sub|sekisho passkey - login|CONDITIONAL|sekisho passkey - level 2
step|sekisho passkey - level 2|REQUIRED|conditional-level-of-authentication|sekisho passkey - level 2|{"loa-condition-level":"2","loa-max-age":"36000"}
step|sekisho passkey - level 2|REQUIRED|sekisho-passkey|sekisho passkey|{"sekisho.attribute":"staffNumber","sekisho.low":"false","default.reference.value":"hwk","default.reference.maxAge":"36000"}
FLOWS
echo "Made. Bind them, and give users the attribute staffNumber that only administrators edit."
exit 0
profiles|{"profiles":[{"name":"sekisho","description":"A password never buys a token without a page","executors":[{"executor":"reject-ropc-grant","configuration":{"auto-configure":true}}]}]}
policies|{"policies":[{"name":"sekisho","description":"Every client of this realm","enabled":true,"conditions":[{"condition":"any-client","configuration":{}}],"profiles":["sekisho"]}]}
