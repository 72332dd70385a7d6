"""The data dictionary: every table, column, unit and meaning; the stages of the chain and their legal moves.

A household is the unit that moves: it applies, is placed, decided, coupled and housed as one, so families stay
together by construction. A newcomer is a person of a household. Months count from January 2015; NEVER is no month.
The other dictionaries stand beside this one.
"""

from enum import IntEnum

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW, UNSET, Table, column


class Stage(IntEnum):
    """Where in the chain a household is."""

    REGISTERING = 0  # at the registration centre, waiting for screening
    IN_DECISION = 1  # waiting for the first decision
    IN_APPEAL = 2  # refused, waiting for the court
    AWAITING_REGISTRATION = 3  # permit granted, waiting for the population register (BRP)
    AWAITING_COUPLING = 4  # registered, not yet tied to a municipality
    AWAITING_HOME = 5  # tied to a municipality, waiting for a home there
    DEPARTING = 6  # refused for good or closed, still in reception
    HOUSED = 7
    RETURNED = 8  # left demonstrably
    UNKNOWN = 9  # left, destination unknown
    PROTECTED = 10  # from Ukraine, under temporary protection: in a municipal shelter or a private home


IN_RECEPTION = (
    Stage.REGISTERING,
    Stage.IN_DECISION,
    Stage.IN_APPEAL,
    Stage.AWAITING_REGISTRATION,
    Stage.AWAITING_COUPLING,
    Stage.AWAITING_HOME,
    Stage.DEPARTING,
)
STATUS_HOLDERS = (Stage.AWAITING_REGISTRATION, Stage.AWAITING_COUPLING, Stage.AWAITING_HOME)
IN_MUNICIPALITY = (Stage.HOUSED, Stage.PROTECTED)

MOVES = {
    Stage.REGISTERING: (Stage.IN_DECISION,),
    Stage.IN_DECISION: (Stage.AWAITING_REGISTRATION, Stage.IN_APPEAL, Stage.DEPARTING, Stage.UNKNOWN),
    Stage.IN_APPEAL: (Stage.AWAITING_REGISTRATION, Stage.DEPARTING),
    Stage.AWAITING_REGISTRATION: (Stage.AWAITING_COUPLING, Stage.HOUSED),
    Stage.AWAITING_COUPLING: (Stage.AWAITING_HOME, Stage.HOUSED),
    Stage.AWAITING_HOME: (Stage.HOUSED,),
    Stage.DEPARTING: (Stage.RETURNED, Stage.UNKNOWN),
    Stage.HOUSED: (),
    Stage.RETURNED: (),
    Stage.UNKNOWN: (),
    Stage.PROTECTED: (Stage.RETURNED,),
}


class Track(IntEnum):
    """The procedure that screening chose."""

    REGULAR = 0
    FAST = 1  # clearly unpromising: safe origin, Dublin or other closing
    REPEATED = 2  # a repeat application


class Reunion(IntEnum):
    """Where the application for family reunification (nareis) of a household stands."""

    NONE = 0
    APPLIED = 1  # in the queue for a decision
    TRAVELLING = 2  # granted, family not yet here
    REFUSED = 3
    ARRIVED = 4


class Role(IntEnum):
    """Place of a person in the household."""

    LEAD = 0
    PARTNER = 1
    CHILD = 2


class Schooling(IntEnum):
    """Schooling with which a person came."""

    NONE = 0  # cannot read and write
    PRIMARY = 1
    SECONDARY = 2
    HIGHER = 3


class Route(IntEnum):
    """How civic integration goes: by the law before 2022, or by a route of the Wet inburgering 2021."""

    OLD = 0  # A2 within three years
    B1 = 1
    EDUCATION = 2  # to a Dutch diploma (onderwijsroute)
    SELF_RELIANCE = 3  # for those to whom learning comes hardest (zelfredzaamheidsroute)


class Activity(IntEnum):
    """What people without paid work do, beside class."""

    NONE = 0
    VOLUNTEERING = 1
    INTERNSHIP = 2
    PARTICIPATION_JOB = 3  # unpaid work that prepares for a job (participatiebaan)
    SOCIAL_FIRM = 4  # guided work at a firm for those who need most (werkontwikkelbedrijf)
    TRAINING = 5  # short, of use on return, for people on the fast track
    OTHER = 6  # for the exempt


class Newcomers(Table):
    """Persons."""

    identity = column(np.uint64, doc="lasting address of this person's luck")
    household = column(np.int32, unit="row of households", doc="household of this person; ascending, see members_of")
    role = column(np.int8, Role.LEAD, doc="place in the household")
    female = column(np.bool_, False, doc="whether this person is a woman or girl")
    born = column(np.int16, unit="month", doc="month of birth (negative: before 2015)")
    adult = column(np.bool_, False, doc="of 18 to 65, screened and in the Netherlands this month")
    schooling = column(np.int8, UNSET, doc="schooling with which this person came; -1: no profile yet")
    sector = column(
        np.int8, NO_ROW, doc="row of state.inputs.sectors in which this person can work best; -1: no profile yet"
    )
    talent = column(np.float32, unit="log odds/month", doc="what the model does not know that helps to find work")
    exempt = column(np.bool_, False, doc="whether health or care keeps this person from class and work")
    suits = column(np.int8, Activity.NONE, doc="activity that suits this person best")
    keen = column(np.float32, unit="share", doc="takes part in what more than this share of people takes part in")
    route = column(np.int8, UNSET, doc="route of civic integration, given with the permit; -1: none")
    planned = column(np.int16, NEVER, unit="month", doc="month in which a work centre made a plan")
    class_due = column(np.int16, NEVER, unit="month", doc="first month in which a class could start")
    passed = column(np.int16, NEVER, unit="month", doc="month in which language or hours were what the route asks")
    language = column(np.float32, unit="CEFR level", doc="Dutch: 1 is A1, 2 is A2, 3 is B1, 4 is B2, 5 is C1")
    class_hours = column(np.float32, unit="hours/month", doc="class attended this month")
    learner = column(np.bool_, False, doc="whether class is offered to who is not yet where the law wants")
    integrating = column(np.bool_, False, doc="whether civic integration asks this person's time, in class or not")
    hours_followed = column(np.float32, unit="hours", doc="class attended so far")
    classes_since = column(np.int16, NEVER, unit="month", doc="first month in class")
    activity = column(np.int8, Activity.NONE, doc="activity beside class this month")
    active = column(np.bool_, False, doc="whether there is one")
    practice_hours = column(np.int8, unit="hours/week", doc="unpaid work of that activity")
    trained = column(np.int8, unit="months", doc="training followed on the fast track")
    certified = column(np.int16, NEVER, unit="month", doc="month of the certificate of that training")
    dual = column(np.bool_, False, doc="whether class and work are combined on a dual track")
    class_location = column(np.int32, NO_ROW, unit="row of locations", doc="where in reception the last class was")
    class_again = column(np.int16, unit="month", doc="month from which class can go on after a move in reception")
    coached_since = column(np.int16, NEVER, unit="month", doc="month in which a job coach began")
    coaching = column(np.float32, unit="share", doc="strength of coaching, fading after its end")
    recognised = column(np.int16, NEVER, unit="month", doc="month in which a higher diploma was recognised")
    regulated = column(np.bool_, False, doc="whether that diploma is for a profession that asks recognition by law")
    idleness = column(np.float32, unit="share", doc="disengagement that months without work or activity leave")
    temper = column(np.float32, unit="SD", doc="own level of wellbeing over that of others; 0: not yet known")
    wellbeing = column(np.float32, unit="SD", doc="mental wellbeing over the mean of the population")
    employed = column(np.bool_, False, doc="whether this person has a paid job")
    hired = column(np.int16, NEVER, unit="month", doc="month in which the last job began")
    experience = column(np.float32, unit="years", doc="paid work in the Netherlands, fading while without")
    work_hours = column(np.int8, unit="hours/week", doc="of the job; 0 without one")
    wage = column(np.float32, unit="EUR/month", doc="gross, of the job; 0 without one")
    net_wage = column(np.float32, unit="EUR/month", doc="of the job, after tax; 0 without one")
    income = column(np.float32, unit="EUR/month", doc="net wage, and the part of the household's social assistance")
    level_matched = column(np.bool_, False, doc="whether the last job asks the schooling of this person")
    permit_months = column(
        np.uint16, doc="in which of the last twelve months this person worked without a residence permit, a bit each"
    )
    months_idle = column(
        np.int16, UNSET, unit="months", doc="as an adult here without paid work, class or activity; -1: none yet"
    )
    work_region = column(np.int8, NO_ROW, unit="row of regions", doc="where this person lived when the job began")
    employer = column(np.int16, NO_ROW, unit="row of employers", doc="of the job; the last one after it")


class Households(Table):
    """Households of newcomers: the unit that moves through the chain."""

    identity = column(np.uint64, doc="lasting address of this household's luck")
    lottery = column(np.uint64, doc="order among households that wait equally long; no two alike")
    origin = column(np.int8, unit="row of origins", doc="group of countries of origin")
    size = column(np.int8, 1, unit="persons", doc="members who are in the Netherlands")
    repeated = column(np.bool_, False, doc="whether this is a repeat application")
    unaccompanied = column(np.bool_, False, doc="whether this is a minor without parents")
    medical = column(np.bool_, False, doc="whether screening found a medical need that decides the place")
    tie = column(np.int8, NO_ROW, unit="row of regions", doc="region where relatives live")
    sponsor = column(np.int32, NO_ROW, unit="row of households", doc="household that this family came to join")
    stage = column(np.int8, Stage.REGISTERING, doc="where in the chain")
    since = column(np.int16, unit="month", doc="month in which the stage began")
    track = column(np.int8, Track.REGULAR, doc="procedure")
    closing = column(np.bool_, False, doc="application will end without a decision on its merits (Dublin, withdrawn)")
    location = column(np.int32, NO_ROW, unit="row of locations", doc="where in reception")
    municipality = column(
        np.int16, NO_ROW, unit="row of municipalities", doc="where coupled, later where housed; where protected"
    )
    moves = column(np.int16, unit="moves", doc="moves in reception so far, from the registration centre included")
    relocated = column(np.float32, unit="moves", doc="moves in reception, each counting for half after a year")
    support_at_placement = column(
        np.float32,
        unit="SD over municipalities",
        doc="support in the municipality when the household was tied to it; 0: mean, or not yet",
    )
    applied = column(np.int16, NEVER, unit="month", doc="month of application or arrival")
    decided = column(np.int16, NEVER, unit="month", doc="month of the first decision")
    granted = column(np.int16, NEVER, unit="month", doc="month of the permit")
    coupled = column(np.int16, NEVER, unit="month", doc="month of coupling to a municipality")
    housed = column(np.int16, NEVER, unit="month", doc="month of moving into a home, the first one")
    moved_in = column(np.int16, NEVER, unit="month", doc="month of moving into the present home")
    moved_out = column(np.int16, NEVER, unit="month", doc="month of the last move to another municipality")
    came_from = column(np.int16, NO_ROW, unit="row of municipalities", doc="where the household lived before that")

    adults = column(np.int8, unit="persons", doc="members of 18 to 65, screened and here")
    earned = column(np.float32, unit="EUR/month", doc="their net wages together")
    assistance = column(np.float32, unit="EUR/month", doc="social assistance that makes up what is missing")
    priority = column(np.bool_, True, doc="whether the household goes before other home seekers")
    registered = column(np.int16, NEVER, unit="month", doc="month from which it counts as a registered home seeker")
    rule = column(np.int8, UNSET, doc="rule by which its home was let; -1: none")
    home = column(np.int8, UNSET, doc="size of the home or of the units let, as in HomeSize; -1: none, or not known")
    tenure = column(np.int8, 0, doc="what is paid for the home, as in Tenure")
    crowded = column(np.bool_, False, doc="whether the home is too small, so that a larger one is looked for")
    complex = column(np.int16, NO_ROW, unit="row of complexes", doc="starter homes where it lives")
    urgent = column(np.int16, NEVER, unit="month", doc="month from which it needs another home at once")
    interim = column(np.int16, NEVER, unit="month", doc="month in which it came to an interim place")
    hotel = column(np.int16, NEVER, unit="month", doc="month in which it came to a hotel")
    homeless = column(np.int16, NEVER, unit="month", doc="month in which it lost a home without a next one")
    assisted = column(np.bool_, False, doc="whether the household lives on social assistance (bijstand)")
    free_to_work = column(np.bool_, False, doc="whether temporary protection lets it work without a permit")

    tax_on_work = column(
        np.float32,
        UNSET,
        unit="share",
        doc="of a new job's net wage, what the own contribution takes; -1: not in reception",
    )
    savings = column(np.float64, unit="EUR", doc="balance of the savings account in reception")
    family_abroad = column(np.int8, unit="persons", doc="relatives in the reunification application")
    reunion = column(np.int8, Reunion.NONE, doc="where that application stands")
    reunion_since = column(np.int16, NEVER, unit="month", doc="month in which that began")
    reunion_applied = column(np.int16, NEVER, unit="month", doc="month of that application")

    def enter(self, rows: np.ndarray, stage: Stage, month: int) -> None:
        """Move households to a stage that begins this month."""
        self.stage[rows] = stage
        self.since[rows] = month
