# Changes, findings and registers. Columns as in case.story.

story     a change is reviewed at the desk, and looked at a second time
thing     change
Robot     service      propose            inputs                    open
Robot     service      confirm            -                         ! role
An        analyst      dismiss            -                         ! note
An        analyst      dismiss            note                      dismissed
An        analyst      overturn           note                      ! second-reviewer
Zhao      checker      overturn           note                      open
Zhao      checker      confirm            -                         confirmed
Zhao      checker      open_case          -                         ! place
Zhao      checker      open_case          place                     confirmed

story     referred to the field, found lawful
thing     change
state     open
An        analyst      refer              -                         referred
An        analyst      find_legal         note                      ! role
Wang      inspector    find_legal         note                      legal

story     a decision is inherited and wakes when the object grows
thing     change
state     open
Robot     service      inherit_dismissed  -                         ! decision-has-a-name
Robot     service      inherit_dismissed  named grown               ! inherits-unless-grown
Robot     service      inherit_dismissed  named                     dismissed
Robot     service      wake               -                         ! wakes-when-grown
Robot     service      wake               grown                     open
An        analyst      find_capture_rule  note                      capture_rule
Zhao      checker      agree              -                         capture_rule

story     what a citizen reports is verified by somebody else
thing     finding
Chen      public       report             -                         ! place
Chen      public       report             place                     reported
Zhao      checker      assign             -                         reported
Wang      inspector    confirm            -                         ! photo
Wang      inspector    confirm            photo                     verified
Zhao      checker      open_case          place                     verified

story     nobody verifies their own report; who made it may take it back
thing     finding
Wang      inspector    report             place                     reported
Wang      inspector    confirm            photo                     ! not-own-request
Wu        inspector    withdraw           note                      ! own-request
Wang      inspector    withdraw           note                      dismissed

story     reported before
thing     finding
state     reported
Wang      inspector    merge              master                    duplicate
Zhao      checker      unmerge            note                      reported

story     the standing of a building
thing     building
An        analyst      enter              place                     unverified
Hu        legal        determine_illegal  -                         ! document
Hu        legal        determine_illegal  document                  illegal
Li        checker      record_gone        note after handler        ! handler-not-checker
Zhao      checker      record_gone        note after                gone
Zhao      checker      restore            note                      unverified

story     a permit is revoked
thing     permit
An        analyst      enter              document place            granted
Hu        legal        revoke             document                  revoked

story     an asset is damaged, repaired, lost, found, removed
thing     asset
Wang      inspector    enter              place                     present
Wang      inspector    report_damage      note                      damaged
Li        officer      repair             photo                     present
Wang      inspector    report_missing     note                      missing
Wang      inspector    find               photo                     present
Zhao      checker      remove             note                      removed

story     a comparison is cancelled and goes on where it stopped
thing     comparison
An        analyst      run                inputs                    running
An        analyst      cancel             -                         cancelled
An        analyst      resume             inputs                    running
Robot     service      fail               note                      failed
An        analyst      resume             inputs                    running
Robot     service      finish             -                         done
