# Leads to other agencies, notices, conferences. Columns as in case.story.

story     drafted, approved by another, sent, signed for, worked on, answered, closed
thing     lead
Sun       coordinator  draft              agency                    draft
Sun       chief        approve            agency papers             ! not-own-request
Fang      chief        approve            agency                    ! attachments
Fang      chief        approve            agency papers             approved
Robot     service      send               agency papers             ! role
Sun       coordinator  send               agency papers             sent
Guo       officer      receive            -                         ! signature
Guo       officer      receive            signature other-unit      ! assignee-only
Guo       officer      receive            signature                 received
Sun       coordinator  recall             note                      ! not-now
Guo       officer      accept             -                         accepted
Guo       officer      start              -                         in_progress
Sun       coordinator  remind             -                         in_progress
Sun       coordinator  supplement         papers                    in_progress
Guo       officer      report_progress    note                      in_progress
Guo       officer      answer             note                      feedback
Zhao      checker      ask_again          note                      in_progress
Guo       officer      answer             note                      feedback
Guo       checker      close              -                         ! handler-not-checker
Zhao      checker      close              -                         closed
Zhao      checker      reopen             note                      closed

story     recalled before the receipt, and not after
thing     lead
state     sent
Sun       coordinator  recall             note receipt              ! recall-before-receipt
Sun       coordinator  recall             note                      recalled
Sun       coordinator  redraft            -                         recalled

story     papers are missing: not taken, completed, taken
thing     lead
state     sent
Guo       officer      find_incomplete    -                         ! note
Guo       officer      find_incomplete    note                      incomplete
Sun       coordinator  complete           -                         ! attachments
Sun       coordinator  complete           papers                    sent
Guo       officer      receive            signature                 received

story     not theirs: returned with one of four reasons, reassigned to another agency
thing     lead
state     received
Guo       officer      return             note                      ! return-reason
Guo       officer      return             reason                    ! note
Guo       officer      return             note reason               returned
Sun       coordinator  reassign           agency note               ! role
Fang      chief        reassign           agency note               approved
Sun       coordinator  send               agency papers             sent

story     a lead to the discipline inspectors: split, forwarded, received again
thing     lead
state     received
Jin       discipline   split              agency note               received
Jin       discipline   forward            note                      ! agency
Jin       discipline   forward            agency note               forwarded
Tan       discipline   receive            signature                 received

story     a dispute is settled in a conference only
thing     lead
state     returned
Zhao      checker      dispute            note                      disputed
Fang      chief        settle_uphold      -                         ! conference-recorded
Fang      chief        settle_uphold      conference                accepted

story     the conference names another agency, or ends it
thing     lead
state     disputed
Fang      chief        settle_assign      conference                ! agency
Fang      chief        settle_close       conference                ! note
Fang      chief        settle_assign      conference agency         approved

story     accepted as returned
thing     lead
state     returned
Zhao      checker      close              -                         ! note
Zhao      checker      close              note                      closed

story     who is concerned sees to nothing
thing     lead
state     sent
Guo       officer      receive            signature party           ! not-party

story     a notice: no answer is due, having read it is noted
thing     notice
Zhao      checker      draft              -                         draft
Zhao      chief        approve            -                         ! not-own-request
Fang      chief        approve            -                         approved
Zhao      checker      issue              agency                    issued
Jin       discipline   acknowledge        -                         issued

story     a conference with opinions and a decision
thing     conference
Sun       coordinator  call               agency                    called
Guo       officer      state_opinion      note                      called
Sun       coordinator  hold               -                         held
Fang      chief        conclude           -                         ! conference-recorded
Fang      chief        conclude           conference                concluded
