# As whom (person, role), do what, with which facts; what it leads to, or "! rule" that refuses. See story_test.c.

story     the ordinary way, from the street to the archive
thing     case
Wang      inspector    report           place                       reported
Zhao      checker      verify           -                           verifying
Wang      inspector    confirm          photo                       pending_register
Zhao      checker      register         place                       ! code
Zhao      checker      register         place code                  registered
Sun       coordinator  dispatch         -                           ! agency
Sun       coordinator  dispatch         agency                      dispatched
Li        officer      accept           other-unit                  ! assignee-only
Li        officer      accept           -                           handling
Zhao      checker      close            -                           ! not-now
Li        officer      feedback         -                           ! note
Li        officer      feedback         note                        handled
Li        checker      check            -                           ! handler-not-checker
Zhao      checker      check            -                           checking
Li        inspector    pass             after                       ! handler-not-checker
Wang      inspector    pass             -                           ! after-photo
Wang      inspector    pass             after                       check_passed
Wang      inspector    close            after area=120/120          ! role
Li        checker      close            after area=120/120          ! handler-not-checker
Zhao      checker      close            after                       ! area-measured
Zhao      checker      close            after area=90/120           ! area-measured
Zhao      checker      close            area=120/120                ! after-photo
Zhao      checker      close            after area=120/120 open     ! procedure-ended
Zhao      checker      close            after area=120/120          closed
Zhao      checker      check            -                           ! not-now

story     less than the illegal area was removed, and a paper says why
thing     case
state     check_passed
Zhao      checker      close            after area=90/120 partial   closed

story     a billboard has no area to be measured, but a photo
thing     case
state     check_passed
Zhao      checker      close            without-area                ! after-photo
Zhao      checker      close            without-area after          closed

story     not my job: the unit returns it, and its receiver does not send it onward
thing     case
state     registered
Sun       coordinator  dispatch         agency                      dispatched
Li        officer      return           -                           ! note
Li        officer      return           note                        returned
Sun       coordinator  send_to_check    note                        ! returned-not-onward
Sun       coordinator  correct          -                           returned
Sun       coordinator  redispatch       note agency                 dispatched
Ma        officer      accept           -                           handling
Ma        officer      return           note                        returned
Sun       coordinator  return           note                        pending_register

story     a second dispatcher may send on what a unit returned as already done
thing     case
state     registered
Sun       coordinator  dispatch         agency                      dispatched
Li        officer      return           note                        returned
Qian      coordinator  send_to_check    note                        handled

story     returned to filing: who filed it corrects or returns further, a colleague files it anew
thing     case
state     pending_register
Zhao      checker      register         place code                  registered
Sun       coordinator  return           note                        pending_register
Zhao      checker      register         place code                  ! returned-not-onward
Zhao      checker      refuse           note                        ! returned-not-onward
Zhao      checker      correct          -                           pending_register
Zhou      checker      register         place code                  registered

story     returned as far as the reporter
thing     case
Wang      inspector    report           place                       reported
Wang      inspector    submit           photo                       pending_register
Zhao      checker      return           note                        reported
Wang      inspector    submit           photo                       ! returned-not-onward
Wang      inspector    correct          -                           reported
Wu        inspector    submit           photo                       pending_register

story     a failed check is work to be done again, by the same unit
thing     case
state     handling
Li        officer      feedback         note                        handled
Zhao      checker      check            -                           checking
Wang      inspector    fail             -                           ! note
Wang      inspector    fail             note                        rework
Li        officer      feedback         note                        handled
Zhao      checker      check            -                           checking
Wang      inspector    pass             after                       check_passed
Zhao      checker      return           note                        checking
Wang      inspector    pass             after                       ! returned-not-onward
Wu        inspector    pass             after                       check_passed

story     suspended once, for a year at most, and resumed where it was
thing     case
state     rework
Sun       coordinator  suspend          note days=400               ! suspension-year
Sun       coordinator  suspend          days=30                     ! note
Sun       coordinator  suspend          note days=365               suspended
Li        officer      feedback         note                        ! not-now
Sun       coordinator  resume           -                           rework
Sun       coordinator  suspend          note days=10 suspended      ! suspension-once
Fang      chief        defer            note                        ! review-date
Fang      chief        defer            note review-date            deferred
Fang      chief        review           note review-date            deferred
Fang      chief        resume           -                           rework

story     who asks for the suspension does not grant it
thing     case
state     handling
Fang      chief        suspend          note days=10 requester      ! not-own-request

story     refused before filing
thing     case
state     verifying
Wang      inspector    refuse           -                           ! note
Wang      inspector    refuse           note                        not_accepted
Zhao      checker      reopen           note                        not_accepted

story     a duplicate goes into the open case, and out again
thing     case
state     dispatched
Sun       coordinator  merge            -                           ! merge-into-open
Sun       coordinator  merge            closed-master               ! merge-into-open
Sun       coordinator  merge            master                      merged
Zhao      checker      unmerge          note                        dispatched

story     stopped and removed at once: in the act only, with everything on record, checked by another
thing     case
Li        inspector    report           place                       reported
Li        officer      fast_track       photo                       ! fast-track-in-the-act
Li        officer      fast_track       photo works-new             fast_handling
Li        officer      feedback         -                           ! fast-track-record
Li        officer      feedback         fast-record                 handled
Li        checker      check            -                           ! handler-not-checker
Zhao      checker      check            -                           checking
Wang      inspector    pass             after                       check_passed
Zhao      checker      close            after area=20/20            closed

story     the party does not cooperate: the fast track becomes the ordinary one
thing     case
state     fast_handling
Li        officer      escalate         -                           ! note
Li        officer      escalate         note                        pending_register
Zhao      checker      register         place code                  registered

story     a first breach is spared the fine, and stays to be demolished
thing     case
state     handling
Fang      chief        spare_fine       document light listed pledge breached   ! first-breach
Fang      chief        spare_fine       document listed pledge      ! first-breach-harm
Fang      chief        spare_fine       document light pledge       ! first-breach-listed
Fang      chief        spare_fine       document light listed       ! first-breach-pledge
Fang      chief        spare_fine       document light listed pledge    handling

story     closed by order, which needs a paper and somebody who did not do the work
thing     case
state     suspended
Fang      chief        force_close      note                        ! document
Zhao      checker      force_close      note document               ! role
Fang      chief        force_close      note document               forced_closed
Robot     service      propose_reopen   inputs                      forced_closed

story     the program proposes, a person decides
thing     case
state     handling
Robot     service      propose_close    -                           ! inputs-by-hash
Robot     service      propose_close    inputs                      handling
Robot     service      mark_standing    inputs                      ! appeal-overdue
Robot     service      mark_standing    inputs overdue              handling
Robot     service      force_close      note document               ! role

story     built again after it was struck off: a new case, linked; the old one stays closed
thing     case
state     closed
Robot     service      propose_reopen   inputs                      closed
Zhao      checker      reopen           -                           ! note
Zhao      checker      reopen           note                        closed
Zhao      checker      cancel           note                        ! not-now

story     nobody acts in their own matter
thing     case
state     handled
Zhao      checker      check            party                       ! not-party

story     more time: twice, each at most the original limit, by two levels
thing     extension
Li        officer      request          note extension=16/15        ! extension-amount
Li        officer      request          note extension=15/15 extended=2     ! extension-twice
Li        officer      request          note extension=15/15        requested
Li        coordinator  endorse          extension=15/15             ! not-own-request
Fang      chief        grant            extension=15/15             ! not-now
Sun       coordinator  endorse          extension=15/15             endorsed
Sun       chief        grant            extension=15/15             ! two-levels
Fang      chief        grant            extension=15/15             granted

story     a request is taken back by who made it
thing     extension
Li        officer      request          note extension=5/15 extended=1      requested
Ma        officer      withdraw         -                           ! own-request
Li        officer      withdraw         -                           withdrawn

story     an appeal against being overdue
thing     appeal
Li        officer      file             note                        ! appeal-overdue
Li        officer      file             note overdue                filed
Li        chief        allow            note                        ! not-own-request
Zhao      checker      allow            -                           ! note
Zhao      checker      allow            note                        allowed
